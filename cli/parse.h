// From words to Arguments, as a verb's description says.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace spikefab::cli {

// `words` begin with the verb. Throws UsageError with a hint. If --help is among them, only that
// is sure to be there.
Arguments parse(const Description& description, const std::vector<std::string>& words);

}  // namespace spikefab::cli
