// The data that tests find in a folder: $SPIKEFAB_DATA, or else ../shared/data beside the source.
// SPIKEFAB_REQUIRE=data turns the skips for want of it into failures.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace spikefab::test {

std::string data_folder();

// A file as it is, or unpacked if its name ends in .xz.
std::string read_data_file(const std::string& path);

// A RANC network with the output that RANC (or Compass) made of it.
struct RancCase {
  std::string name;  // letters, digits and underscores
  std::string config;
  std::string input;
  std::string output;
};
inline void PrintTo(const RancCase& ranc, std::ostream* out) { *out << ranc.name; }

// Every case below <data>/ranc, by name. A case is a folder with output*.txt, input*.json and
// config*.json (.xz or not): an output belongs to the input and config that end alike, or else to
// the only input and to each config.
std::vector<RancCase> find_ranc_cases();

// Skips the running test for want of data, or fails it if data is required.
void skip_without_data(const std::string& what);

}  // namespace spikefab::test
