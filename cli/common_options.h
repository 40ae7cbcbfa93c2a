// The options that every verb has: log, progress, colour, help.
#pragma once

#include <boost/program_options/options_description.hpp>

#include "cli/arguments.h"

namespace spikefab::cli {

boost::program_options::options_description common_options();

// Sets up log and progress as the common options say.
void apply_common_options(const Arguments& arguments);

}  // namespace spikefab::cli
