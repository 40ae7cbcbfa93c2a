// The command `spikefab` within the test's own process, for tests that call it thousands
// of times. Others use the executable (run_tool.h).
#pragma once

#include <string>
#include <vector>

namespace spikefab::test {

// Runs a verb as cli/main.cc does and returns the exit code; problems go to stderr.
int run_tool_in_process(const std::vector<std::string>& words);

}  // namespace spikefab::test
