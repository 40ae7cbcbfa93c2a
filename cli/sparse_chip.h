// A large random network on cores with synaptic memory whose neurons keep firing at a chosen rate
// without a stimulus: what the speed of such cores is measured on.
#pragma once

#include "arch/program.h"

namespace spikefab::cli {

struct SparseChip {
  u32 neurons = 1'000'000;
  u32 synapses = 100;       // from each neuron, to random ones
  u32 core_neurons = 8192;  // of each core but the last
  u32 percent = 10;         // of the neurons fire in a tick, on average; 1..20
  u32 longest_delay = 6;    // ticks; delays are random
  u64 seed = 1;
};

// Neurons of the model loihi_lif with neither leak nor noise. Synapses have odd weights from -255
// to 255, packed. A neuron has one axon on each core that it reaches; the axons of a core are in
// the order of the neurons that they hear.
//
// The rate: by its bias a neuron climbs to the threshold in about 100 / percent ticks, each in its
// own time, 20 % less or more; its synapses, whose weights sum to zero, are a tenth of that. As
// potentials begin anywhere below the threshold, the rate is there from the first tick on.
// Throws ResourceError if it does not fit into memory.
Program make_sparse_chip(const SparseChip& chip);

}  // namespace spikefab::cli
