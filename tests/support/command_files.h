// Small input files for tests of the command.
#pragma once

#include <string>

#include "tests/support/temp_folder.h"

namespace spikefab::test {

// A core at (0, 0) whose neuron 0 passes on to line 1 of the bus at (1, 0) what axon 0 receives;
// packets in RANC ticks 1 and 3 of 3. Line 1 shows them in lines 1 and 3 of the output.
struct RancFiles {
  std::string config;
  std::string input;
};
RancFiles write_ranc_files(const TempFolder& folder, int neuron_trace = 0);

// The same as program and stimulus.
struct ProgramFiles {
  std::string program;
  std::string stimulus;
};
ProgramFiles write_program_files(const TempFolder& folder);

// A matrix multiplication on 8 rows and 4 columns, which is busy in every tick.
ProgramFiles write_vmm_files(const TempFolder& folder);

}  // namespace spikefab::test
