// Zsh: _arguments specs per verb.
#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/completion.h"

namespace spikefab::cli {
namespace {

// Inside single quotes, brackets and colons of a spec must not be taken as its syntax.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

std::string action(const std::string& value_name) {
  const std::string words = join(choices_of(value_name), " ");
  switch (offer_for(value_name)) {
    case Offer::choices:
      return "(" + words + ")";
    case Offer::list_of_choices:
      return "_values -s , what " + words;
    case Offer::files:
      return "_files";
    case Offer::folders:
      return "_files -/";
    case Offer::nothing:
      break;
  }
  return " ";
}

std::string option_spec(const std::string& name, const OptionInfo& option) {
  std::string spec = fmt::format("'*{}[{}]", name, quoted(option.help));
  if (!option.value_name.empty()) spec += ":value:" + action(option.value_name);
  return "        " + spec + "' \\\n";
}

std::string case_of(const CompletedVerb& verb) {
  std::string text = fmt::format("    {})\n      _arguments \\\n", verb.name);
  for (const OptionInfo& option : verb.options) {
    text += option_spec("--" + option.long_name, option);
    if (!option.short_name.empty()) text += option_spec("-" + option.short_name, option);
  }
  for (const Positional& p : verb.description.positionals) {
    const char* any = p.repeats() ? "*" : "";
    text += fmt::format("        '{}:{}:{}' \\\n", any, quoted(p.option), action(p.name));
  }
  return text + "        && return\n      ;;\n";
}

}  // namespace

std::string zsh_completion() {
  std::string names;
  std::string cases;
  for (const CompletedVerb& verb : completed_verbs()) {
    names += fmt::format("    '{}:{}'\n", verb.name, quoted(verb.help));
    cases += case_of(verb);
  }
  return "#compdef spikefab\n# Zsh completion of spikefab. Made by: spikefab completion zsh\n"
         "_spikefab() {\n  local -a verbs=(\n" +
         names +
         "  )\n  if (( CURRENT == 2 )); then\n    _describe verb verbs\n    return\n  fi\n"
         "  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $verb in\n" +
         cases +
         "  esac\n}\n"
         "if [[ $funcstack[1] == _spikefab ]]; then _spikefab \"$@\"; else compdef _spikefab "
         "spikefab; fi\n";
}

}  // namespace spikefab::cli
