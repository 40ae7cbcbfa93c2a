// The order in which spikes pass the cores of a feed-forward chip.
#pragma once

#include <vector>

#include "arch/program.h"

namespace spikefab::sim {

// The layer of each core: above those of all cores that send it spikes. If spikes can run in a
// circle, all cores are in layer 0. Neurons that can never fire send nothing: they have no synapse,
// and their state before tick 0, in which every run of the program leaves them, stays as it is
// without input.
std::vector<u32> core_layers(const Program& program);

}  // namespace spikefab::sim
