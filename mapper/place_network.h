// Decides on which core each neuron lives and where on the mesh that core lies, within all limits
// of the chip: the third step from a file to a Program; the next one is mapper/assemble_network.h.
#pragma once

#include <vector>

#include "mapper/core_limits.h"
#include "mapper/mapping/map_graph.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab {

struct PlaceOptions {
  MappingChoice choice;      // by default: layer after layer, cores row by row
  u32 neurons_per_core = 0;  // fewer than the chip has room for; 0: as many as fit
};

struct PlannedCore {
  u32 position = 0;          // mesh index
  std::vector<u32> neurons;  // in their order on the core
  CoreUse use;
};

struct Placement {
  std::vector<PlannedCore> cores;  // by position
};

// Same inputs, same answer. The last place of the mesh is the output bus of networks whose outputs
// read spikes. Throws FitError that names layer, resource, have and need, and what helps.
Placement place_network(const QuantisedNetwork& network, const PlaceOptions& options = {});

// Neurons that an Output reads by their spikes, ascending: each has a line of the output bus.
std::vector<u32> neurons_on_the_bus(const QuantisedNetwork& network);

std::vector<u8> lines_of_the_bus(const QuantisedNetwork& network);  // [neuron] 0 or 1

// Where its cores can lie.
Tiles tiles_for(const QuantisedNetwork& network);

}  // namespace spikefab
