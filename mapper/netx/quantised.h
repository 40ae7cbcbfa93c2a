// A NetX network on a chip whose neurons are Loihi's: its integers as they are, nothing is rounded.
// An Input of one element per neuron of the first layer; then a population for each layer with
// neurons, one tick behind the one before; an Output that sums up the spikes of the last layer.
#pragma once

#include "mapper/netx/netx.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab {

// Weights keep their values; mantissa, exponent and bits are the smallest that hold them. A layer
// with biases starts with the first step, so that steps are what they are without latency.
// Throws InputError, with the path of the layer in the file, for what the chip's neurons and
// synapses cannot do or hold; FitError for delays or numbers of neurons beyond the chip's.
QuantisedNetwork quantised_netx(const NetxNetwork& network, const Chip& chip);

// Of its Input; throws InputError if the first layer does not say.
Shape netx_input_shape(const NetxNetwork& network);

// Of the layers with neurons, such as "dense 3".
std::vector<std::string> netx_population_names(const NetxNetwork& network);

}  // namespace spikefab
