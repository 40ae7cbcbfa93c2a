#include "cli/completion.h"

namespace spikefab::cli {

std::vector<CompletedVerb> completed_verbs() {
  std::vector<CompletedVerb> verbs;
  for (const auto& [name, entry] : Registry<Command>::all()) {
    const Description description = entry.make()->describe();
    verbs.push_back({name, entry.help, description, all_options(description)});
  }
  return verbs;
}

Offer offer_for(const std::string& value_name) {
  if (!choices_of(value_name).empty()) {
    return value_name.find(',') == std::string::npos ? Offer::choices : Offer::list_of_choices;
  }
  if (value_name == "DIR") return Offer::folders;
  // Arguments have names such as INPUT.json; other values are numbers or ranges.
  const bool is_number = value_name == "N" || value_name == "TICKS" || value_name == "REPORT_FREQ";
  const bool is_range = value_name.find("..") != std::string::npos;
  return is_number || is_range ? Offer::nothing : Offer::files;
}

}  // namespace spikefab::cli
