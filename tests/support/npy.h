// Arrays in numpy's .npy files, as tests find them in the data folder.
#pragma once

#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab::test {

struct NpyArray {
  std::vector<u64> shape;       // row-major
  std::vector<double> numbers;  // of any type that these files hold
};

// Throws std::runtime_error for what it does not know.
NpyArray read_npy(const std::string& path);

}  // namespace spikefab::test
