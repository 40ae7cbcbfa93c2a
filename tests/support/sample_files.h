// One good file of each kind that we read, for tests and fuzzers that damage them: a network of two
// neurons that uses every member of the formats.
#pragma once

#include <string>

namespace spikefab::test {

struct SampleFiles {
  std::string ranc_config;
  std::string ranc_input;
  std::string chip;
  std::string program;
  std::string stimulus;
  std::string checkpoint;  // of the program after two ticks of the stimulus
};

// Writes the files into an existing folder and returns their paths.
SampleFiles write_sample_files(const std::string& folder);

}  // namespace spikefab::test
