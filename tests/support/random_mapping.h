// Small random networks, partitions and placements. Rates are quarters, so that sums are exact.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "mapper/mapping/core_traffic.h"
#include "mapper/mapping/placer.h"
#include "mapper/mapping/spike_graph.h"

namespace spikefab::test {

inline u32 below(RandomStream& random, u32 bound) {
  return static_cast<u32>(random.between(0, static_cast<i32>(bound) - 1));
}

// One layer; each source has 0 to 2 * `fan_out` targets, among them itself now and then.
inline SpikeGraph random_graph(RandomStream& random, u32 inputs, u32 neurons, u32 fan_out) {
  GraphBuilder builder("random", {{"layer", {neurons}, 0, neurons}}, inputs);
  for (u32 source = 0; source < inputs + neurons; ++source) {
    std::vector<u32> targets(below(random, 2 * fan_out + 1));
    for (u32& target : targets) target = below(random, neurons);
    builder.add_source(targets);
  }
  SpikeGraph graph = builder.build();
  for (float& rate : graph.rate) rate = static_cast<float>(below(random, 9)) / 4;
  return graph;
}

// No core is empty.
inline Partition random_partition(RandomStream& random, u32 neurons, u32 cores) {
  Partition partition{cores, {}};
  for (u32 n = 0; n < neurons; ++n) {
    partition.core.push_back(n < cores ? n : below(random, cores));
  }
  return partition;
}

inline TileOfCore random_placement(RandomStream& random, const Tiles& tiles, u32 cores) {
  TileOfCore out = tiles.usable;
  for (u32 i = 0; i < cores; ++i) {
    std::swap(out[i], out[i + below(random, static_cast<u32>(out.size()) - i)]);
  }
  out.resize(cores);
  return out;
}

inline Tiles torus_of(u32 width, u32 height, u32 depth = 1) {
  Tiles tiles = whole_mesh(width, height, depth);
  tiles.torus = true;
  return tiles;
}

}  // namespace spikefab::test
