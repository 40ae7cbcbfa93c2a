// Decides on which core each neuron lives: populations one after another, each neuron on the
// current core while all limits of the chip hold, else on a new one.
#pragma once

#include <vector>

#include "mapper/core_limits.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab {

struct FirstFitOptions {
  u32 neurons_per_core = 0;  // fewer than the chip has room for; 0: as many as fit
};

struct PlannedCore {
  std::vector<u32> neurons;  // in their order on the core
  CoreUse use;
};

struct Placement {
  std::vector<PlannedCore> cores;  // in the order in which they are placed on the mesh
};

// Same inputs, same answer. Populations are placed from the last to the first, so that it is known
// how many cores a neuron reaches; feature maps (channels x height x width) are walked position by
// position, all channels of each, since neighbours share inputs. Throws FitError that names
// layer, resource, have and need, and what helps.
Placement first_fit(const QuantisedNetwork& network, const FirstFitOptions& options = {});

// Neurons that an Output reads by their spikes, ascending: each has a line of the output bus.
std::vector<u32> neurons_on_the_bus(const QuantisedNetwork& network);

}  // namespace spikefab
