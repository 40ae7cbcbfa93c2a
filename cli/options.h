// What help and completion need to know of an option, read from Boost's description of it.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace spikefab::cli {

struct OptionInfo {
  std::string long_name;  // without dashes
  std::string short_name;
  std::string value_name;     // empty: a flag
  std::string default_value;  // or empty
  std::string help;

  // "-o, --output FILE", or with spaces where there is no short name.
  std::string left_side() const;
};

// All options of a verb, its own first and the common ones last.
std::vector<OptionInfo> all_options(const Description& description);

// What a value may be: the parts of "a|b" or "a,b", or the only word "a". Empty for placeholders,
// which are upper case: they may be anything. A "[:...]" at the end is not a part: a value may then
// go on behind a colon (takes_more).
std::vector<std::string> choices_of(const std::string& value_name);
bool takes_more(const std::string& value_name);

}  // namespace spikefab::cli
