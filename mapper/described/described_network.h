// Networks that a short YAML file describes by their layers, for comparing mappings: connections
// and weights are drawn by its seed. The schema: mapper/described/described_network.proto.
#pragma once

#include <string>
#include <vector>

#include "mapper/network.h"

namespace spikefab {

// It can be quantised and simulated as it is: weights are eighths, and thresholds such that most
// layers spike; what has no input is driven by constant ones. Time is counted in ticks, so
// semantics need dt = 1.
struct DescribedNetwork {
  std::string name;
  Network network;
  // Mean spikes per tick, as described and not as simulated; in the order of populations().
  std::vector<float> rate_of_population;
};

// The same file gives the same network everywhere. Throws InputError with file:line:col, or
// ResourceError if the network does not fit into memory.
DescribedNetwork load_described_network(const std::string& path);

}  // namespace spikefab
