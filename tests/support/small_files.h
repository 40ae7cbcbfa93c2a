// One small good file of each kind that we read: what mutants and fuzzers begin with.
#pragma once

#include <string>

namespace spikefab::test {

struct SmallFiles {
  std::string ranc_config;
  std::string ranc_input;
  std::string chip;
  std::string program;
  std::string stimulus;
  std::string checkpoint;  // of the program, after two ticks
};

// A 2x2 mesh of cores with 4 axons, 3 neurons, 2 weights and 4 slots; two cores are programmed.
SmallFiles write_small_files(const std::string& folder);

}  // namespace spikefab::test
