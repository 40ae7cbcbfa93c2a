// What a crossbar network computes, straight from its layers, by plain loops over positions,
// features and axons; no cores, no mesh. Shares nothing with assemble().
#pragma once

#include <vector>

#include "mapper/crossbar_network.h"

namespace spikefab::test {

using Bits = std::vector<bool>;

// frames: [tick][pixel], then nothing. Result: [tick][output line] as the bus shows it.
std::vector<Bits> crossbar_outputs(const CrossbarNetwork& network, const std::vector<Bits>& frames,
                                   u64 ticks);

}  // namespace spikefab::test
