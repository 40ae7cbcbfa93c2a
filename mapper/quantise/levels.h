// When a chip does the steps of a network: a spike takes a tick from neuron to neuron at least,
// where it takes no step in the network, so that populations are some ticks late.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "mapper/simulation_plan.h"

namespace spikefab {

class StepTiming {
 public:
  // The network must outlive it.
  StepTiming(const Network& network, const SimulationPlan& plan);

  // By which a node sees another one late, without Delay nodes.
  u32 steps(u32 source, u32 reader) const { return steps_.at({source, reader}); }

  // There are connections between these nodes with so many steps more, or later ones.
  void add_way(u32 source, u32 reader, u32 later);

  // By how many ticks each population does its steps later than the network: the fewest with which
  // no way is shorter than a tick. Only ways that close a cycle may stay too short, where all
  // others leave no choice.
  void find_levels();
  u32 level(u32 population) const { return levels_[population]; }

  // From what a source does in a step to what the reader does with it, beyond the one tick that
  // every spike takes; negative where that is not possible. An event of an input acts at once.
  i64 ticks(u32 source, u32 reader, u32 later) const;

 private:
  using Way = std::pair<u32, u32>;  // nodes: source, reader

  bool try_levels(const std::set<Way>& ways);
  i64 level_of_source(u32 node) const;

  const Network& network_;
  std::map<Way, u32> steps_;
  std::map<Way, u32> later_;  // the least
  std::vector<u32> levels_;   // [node]
};

// Populations in an order in which each comes after those that feed it, but for what closes a
// cycle.
std::vector<u32> populations_in_order(const Network& network);

}  // namespace spikefab
