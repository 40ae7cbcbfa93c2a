// The networks that tools with integer weights make of a network: SpiNNaker2's and nir-to-lava's
// rules, for the float simulation. (Spikefab's own choice of scales is the quantiser's.)
#pragma once

#include "mapper/neuron_group.h"

namespace spikefab {

// Weights are integers, biases are gone: they are in the neurons.
struct IntegerNetwork {
  Network network;
  std::vector<NeuronCoefficients> coefficients;     // [node], of populations; int8_weights
  std::vector<std::vector<double>> potential_unit;  // likewise
  std::vector<LoihiRegisters> registers;            // likewise; loihi_integer
};

// Throws InputError for what the tool's rule does not cover: neurons that do not spike, two nodes
// with weights in a row, weights that several populations read.
IntegerNetwork make_integer_network(const Network& network, const Semantics& semantics);

}  // namespace spikefab
