// Fish: one `complete` line per option.
#include <fmt/format.h>

#include "base/suggest.h"
#include "cli/completion.h"

namespace spikefab::cli {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// A comma list is completed one word at a time; fish has no builtin for more.
std::string action(const std::string& value_name) {
  switch (offer_for(value_name)) {
    case Offer::choices:
    case Offer::list_of_choices:
      return " -x -a " + quoted(join(choices_of(value_name), " "));
    case Offer::files:
      return " -r -F";
    case Offer::folders:
      return " -x -a '(__fish_complete_directories)'";
    case Offer::nothing:
      break;
  }
  return " -x";
}

std::string lines_of(const CompletedVerb& verb) {
  const std::string start =
      fmt::format("complete -c spikefab -n '__fish_seen_subcommand_from {}'", verb.name);
  std::string text;
  for (const OptionInfo& option : verb.options) {
    text += start + " -l " + option.long_name;
    if (!option.short_name.empty()) text += " -s " + option.short_name;
    if (!option.value_name.empty()) text += action(option.value_name);
    text += " -d " + quoted(option.help) + "\n";
  }
  for (const Positional& p : verb.description.positionals) {
    const bool files = offer_for(p.name) == Offer::files;
    text += start + (files ? " -F" : " -f -a " + quoted(join(choices_of(p.name), " "))) + "\n";
  }
  return text;
}

}  // namespace

std::string fish_completion() {
  std::string text =
      "# Fish completion of spikefab. Made by: spikefab completion fish\ncomplete -c spikefab -f\n";
  for (const CompletedVerb& verb : completed_verbs()) {
    text += fmt::format("complete -c spikefab -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                        quoted(verb.help));
    text += lines_of(verb);
  }
  return text;
}

}  // namespace spikefab::cli
