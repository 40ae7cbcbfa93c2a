// All connections of a network between what becomes neurons, by target, with their delays in ticks:
// the first step of quantise().
#pragma once

#include <string>
#include <vector>

#include "mapper/quantise/quantiser.h"

namespace spikefab {

struct ChipConnections {
  std::vector<QuantisedLayer> inputs;
  std::vector<QuantisedLayer> layers;
  std::vector<QuantisedOutput> outputs;  // weights are the network's
  u64 input_elements = 0;
  u64 neurons = 0;

  // Into each neuron, by source (numbered as in QuantisedNetwork), then delay.
  std::vector<u64> begin;  // [neuron + 1]
  std::vector<u32> source;
  std::vector<float> weight;
  std::vector<u8> delay;  // ticks

  std::vector<float> constant;       // [neuron] what it gets in every step
  std::vector<float> late_constant;  // [neuron] of that, what is not there in the first late_steps
  u32 late_steps = 0;

  std::vector<std::string> notes;
};

// Populations come after those that feed them, and do their steps so many ticks later that what
// belongs to a step meets in one tick: a spike takes a tick from neuron to neuron at least, and
// ways that would be faster get a delay. Throws InputError for values that neurons would have to
// read, FitError for delays beyond the chip's.
ChipConnections expand_connections(const Network& network, const Semantics& semantics,
                                   const Chip& chip);

}  // namespace spikefab
