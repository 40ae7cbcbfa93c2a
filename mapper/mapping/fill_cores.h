// Turns what a partitioner wants into cores within all limits of the chip.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mapper/mapping/core_traffic.h"
#include "mapper/mapping/partitioner.h"

namespace spikefab {

struct FilledCores {
  // Cores that were closed by a resource, and what makes it need less.
  struct FullBy {
    u64 cores = 0;
    std::string help;
  };

  std::vector<std::vector<u32>> neurons;  // [core] in their order on it
  std::vector<u32> output_axons;          // [core] (core, axon) pairs and lines that they reach
  std::map<std::string, FullBy> full_by;  // [resource]
};

// A core is filled with the neurons of a group while all limits hold, then the next one is begun;
// groups share no core. Groups are filled from the last to the first, so that it is known how many
// cores a neuron of a layer reaches, and each from its first neuron on; cores come out in the order
// of the groups, those of one group from its last neuron on. Cores whose neurons reach too many
// others, once all are known, are halved. `lines`: of the output bus, for each neuron, or empty.
// Throws FitError that names layer, neuron, resource, have and need, and what helps.
FilledCores fill_cores(const SpikeGraph& graph, const CoreSpaceMaker& limits,
                       const NeuronGroups& groups, const std::vector<u8>& lines = {});

Partition partition_of(const FilledCores& cores, u32 neurons);

}  // namespace spikefab
