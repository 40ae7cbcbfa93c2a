// A population in the decays of a chip, before its scale is chosen: what its inputs, biases and
// states are worth in the units of the network.
#pragma once

#include <string>
#include <vector>

#include "mapper/chip_neurons.h"
#include "mapper/quantise/connections.h"

namespace spikefab {

// One value per neuron each, in the network's unit of potential unless it says otherwise. The
// potential is counted from v_reset on where a reset goes there.
struct LayerDrive {
  NeuronRules rules;
  std::vector<i32> decay;          // chip, lost per tick in 2^-decay_bits
  std::vector<i32> current_decay;  // likewise
  std::vector<double> factor;      // weight * factor: what a spike adds at once
  std::vector<double> carry;       // all that it adds by and by is so many times that
  std::vector<double> leak;        // lost per tick, 0..1
  std::vector<double> threshold;   // not negative; 0 too where there is none
  std::vector<double> bias;        // per tick
  std::vector<double> first_potential;
  std::vector<double> first_current;

  double decay_error = 0;  // relative, the largest
  double synapse_decay_error = 0;
};

// Adds problems for what the chip's neurons cannot do.
LayerDrive make_layer_drive(const Network& network, const Semantics& semantics,
                            const ChipNeurons& model, const ChipNeuronRange& range,
                            const ChipConnections& connections, const QuantisedLayer& layer,
                            Problems& problems, std::vector<std::string>& notes);

}  // namespace spikefab
