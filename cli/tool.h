// The command: finds the verb, parses its arguments, runs it, turns exceptions into exit codes.
#pragma once

#include <string>
#include <vector>

namespace spikefab::cli {

// `words` are those after "spikefab". Results go to stdout, all else to stderr; returns the exit
// code (cli/exit_codes.h).
int run_tool(const std::vector<std::string>& words);

}  // namespace spikefab::cli
