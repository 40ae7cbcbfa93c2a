// Makes NetX files for tests: fields of layers, which a test changes before they are written.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab::test {

struct NetxField {
  std::vector<u64> shape;  // empty: a scalar
  std::vector<double> numbers;
  std::string text;  // if not empty, instead of numbers
};
NetxField netx_number(double value);
NetxField netx_vector(const std::vector<double>& values);
NetxField netx_text(const std::string& text);

struct NetxGroup {
  std::map<std::string, NetxField> fields;
  std::map<std::string, NetxGroup> groups;
};

// Root of a sound network of five layers: input of 1 x 4 x 4, convolution to 2 x 2 x 2, pooling to
// 2 x 1 x 1, flatten, dense to 3.
NetxGroup sample_netx();

std::string netx_file(const NetxGroup& root);  // its content

}  // namespace spikefab::test
