// What one element of a network makes of a series of inputs, in the float simulation.
#pragma once

#include <string>
#include <vector>

#include "mapper/network.h"

namespace spikefab::test {

struct Response {
  std::vector<float> out;  // of the first element of the node
  std::vector<float> v;    // likewise, if it is a population
};

// Gives the first element of node 0, an Input, these values step by step.
Response respond(const Network& network, const std::string& semantics,
                 const std::vector<float>& inputs, u32 node = 1);

}  // namespace spikefab::test
