// Multilevel partitioning of a hypergraph [Karypis, Kumar 1999; Schlag 2020]: vertices that share
// nets are joined until few are left, those are split in halves again and again, and on the way
// back each step refines what the one before it found.
#pragma once

#include <vector>

#include "mapper/mapping/core_refiner.h"
#include "mapper/mapping/hypergraph.h"

namespace spikefab {

struct MultilevelOptions {
  u32 passes = 8;   // of refinement at each level
  u32 cycles = 0;   // more of them, that join only what shares a core
  double heat = 0;  // temperature at first, in units of the mean weight of a net; 0: descent
  u64 seed = 1;
};

// The core of each vertex, 0 .. rooms.size() - 1. Cores may be too full where vertices are too
// heavy to fit better.
std::vector<u32> partition_into(const Hypergraph& graph, const std::vector<CoreRoom>& rooms,
                                const MultilevelOptions& options);

// Joins vertices that share nets, to about `wanted` ones of `most_weight` at most each; fewer
// steps at a time give better clusters. Returns the new number of each vertex, from 0 on.
struct Clustering {
  std::vector<u32> vertex_of;
  u32 count = 0;
};
Clustering clusters_of(const Hypergraph& graph, u32 wanted, u64 most_weight, u64 seed,
                       const std::vector<u32>& core_of = {});

}  // namespace spikefab
