// All of a network as text, bit for bit: nodes by name and edges sorted, so that two networks are
// the same but for the order of nodes if their texts are equal.
#pragma once

#include <string>
#include <vector>

#include "mapper/float_simulation.h"
#include "mapper/network.h"

namespace spikefab::test {

std::string network_text(const Network& network);

// What all populations and Outputs give in each step, bit for bit, by name: Inputs get random
// values in a third of their elements.
std::string simulation_text(const Network& network, const Semantics& semantics, u32 steps,
                            u64 seed);

}  // namespace spikefab::test
