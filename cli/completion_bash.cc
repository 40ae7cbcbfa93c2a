// Bash: one function with a case per verb. Lists are completed after their last comma.
#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/completion.h"

namespace spikefab::cli {
namespace {

constexpr const char* head = R"(# Bash completion of spikefab. Made by: spikefab completion bash
_spikefab_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_spikefab_list() {
  local head=""
  [[ $cur == *,* ]] && head="${cur%,*},"
  COMPREPLY=($(compgen -P "$head" -W "$1" -- "${cur##*,}"))
}
_spikefab_files() { compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); }
_spikefab_folders() { compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); }
_spikefab_nothing() { COMPREPLY=(); }
_spikefab() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
)";

std::string offer(const std::string& value_name) {
  const std::string words = join(choices_of(value_name), " ");
  switch (offer_for(value_name)) {
    case Offer::choices:
      return "_spikefab_words '" + words + "'";
    case Offer::list_of_choices:
      return "_spikefab_list '" + words + "'";
    case Offer::files:
      return "_spikefab_files";
    case Offer::folders:
      return "_spikefab_folders";
    case Offer::nothing:
      break;
  }
  return "_spikefab_nothing";
}

// What the first argument may be, and what the others, by the second; options in front of them are
// not counted.
std::string offer_by_place(const std::vector<Positional>& positionals) {
  if (positionals.empty()) return "_spikefab_nothing";
  const std::string first = offer(positionals.front().name);
  const std::string others = offer(positionals[positionals.size() > 1 ? 1 : 0].name);
  if (first == others) return first;
  return "if ((COMP_CWORD == 2)); then " + first + "; else " + others + "; fi";
}

std::string case_of(const CompletedVerb& verb) {
  std::string words;
  std::string values;
  for (const OptionInfo& option : verb.options) {
    words += " --" + option.long_name;
    if (option.value_name.empty()) continue;
    const std::string pattern =
        option.short_name.empty() ? "" : fmt::format("|-{}", option.short_name);
    values += fmt::format("        --{}{}) {}; return ;;\n", option.long_name, pattern,
                          offer(option.value_name));
  }
  return fmt::format(
      "    {})\n      case \"$prev\" in\n{}      esac\n"
      "      if [[ $cur == -* ]]; then _spikefab_words '{}'; else {}; fi ;;\n",
      verb.name, values, words.substr(1), offer_by_place(verb.description.positionals));
}

}  // namespace

std::string bash_completion() {
  std::string names;
  std::string cases;
  for (const CompletedVerb& verb : completed_verbs()) {
    names += verb.name + " ";
    cases += case_of(verb);
  }
  return std::string(head) + "  if ((COMP_CWORD == 1)); then _spikefab_words '" + names +
         "--help --version'; return; fi\n  case \"${COMP_WORDS[1]}\" in\n" + cases +
         "  esac\n}\ncomplete -F _spikefab spikefab\n";
}

}  // namespace spikefab::cli
