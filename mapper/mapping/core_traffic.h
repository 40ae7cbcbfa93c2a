// What the cores of a partition send each other: the input of placement, and of all measures.
#pragma once

#include <span>
#include <vector>

#include "mapper/mapping/spike_graph.h"

namespace spikefab {

// The core of each neuron, 0 .. cores - 1.
struct Partition {
  u32 cores = 0;
  std::vector<u32> core;  // [neuron]
};

// Neurons of a core whose spikes go to the same set of cores are one class: that makes everything
// behind it 3 to 100 times cheaper (facts/mapping.md, 7.6) and changes no figure.
struct TrafficClass {
  u32 core = 0;        // where they live
  bool local = false;  // some of them have a target on their own core
  u32 neurons = 0;
  double rate = 0;  // the sum of theirs, spikes per tick
};

struct CoreTraffic {
  u32 cores = 0;
  std::vector<TrafficClass> classes;    // by core, then by their first neuron
  std::vector<u64> target_begin = {0};  // [class + 1]
  std::vector<u32> target;              // other cores, ascending

  std::span<const u32> targets_of(u64 index) const {
    return {target.data() + target_begin[index], target.data() + target_begin[index + 1]};
  }
};

// Sources outside the chip are left out: where they come in is not part of a placement. Classes
// without a target on another core are kept, with an empty set. Same inputs, same answer, whatever
// the number of threads.
CoreTraffic traffic_of(const SpikeGraph& graph, const Partition& partition);

// Spikes per tick between pairs of cores in both directions together, as a symmetric graph: what
// unicast hops are the sum of, with distances as factors.
struct CoreFlows {
  u32 cores = 0;
  std::vector<u64> begin = {0};  // [core + 1]
  std::vector<u32> other;        // cores, ascending, without itself
  std::vector<double> flow;
};

CoreFlows flows_of(const CoreTraffic& traffic);

}  // namespace spikefab
