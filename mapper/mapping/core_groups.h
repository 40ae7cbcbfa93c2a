// From the core of each neuron to groups, for partitioners.
#pragma once

#include <utility>
#include <vector>

#include "mapper/mapping/core_refiner.h"
#include "mapper/mapping/partitioner.h"

namespace spikefab {

// Cores without neurons are left out.
inline NeuronGroups groups_of(const std::vector<u32>& core_of_neuron, u32 cores) {
  NeuronGroups groups(cores);
  for (u32 n = 0; n < core_of_neuron.size(); ++n) groups[core_of_neuron[n]].push_back(n);
  std::erase_if(groups, [](const std::vector<u32>& neurons) { return neurons.empty(); });
  return groups;
}

// How many cores it takes if `slack` percent of their neurons may stay free; at least one.
inline u32 cores_for(const PartitionProblem& problem, i32 slack_percent) {
  const u64 room = u64{problem.limits.neurons} * static_cast<u64>(100 - slack_percent) / 100;
  const u64 cores = divide_up(problem.graph.neurons, room == 0 ? 1 : room);
  return cores == 0 ? 1 : static_cast<u32>(cores);
}

inline std::vector<CoreRoom> rooms_for(const PartitionProblem& problem, u32 cores) {
  return std::vector<CoreRoom>(cores, {problem.limits.neurons, problem.limits.axons});
}

}  // namespace spikefab
