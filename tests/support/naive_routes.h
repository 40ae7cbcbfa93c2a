// Routes walked link by link, and mappings to try them on.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "tests/support/random_mapping.h"

namespace spikefab::test {

struct NaiveLink {
  u32 tile;
  u32 direction;
  u32 next;
  auto operator<=>(const NaiveLink&) const = default;
};

// One step after the other, along x, then y, then z.
inline std::vector<NaiveLink> naive_route(const Tiles& tiles, u32 from, u32 to) {
  std::vector<NaiveLink> route;
  const u32 lengths[] = {tiles.width, tiles.height, tiles.depth};
  u32 at[] = {tiles.x(from), tiles.y(from), tiles.z(from)};
  const u32 end[] = {tiles.x(to), tiles.y(to), tiles.z(to)};
  const auto tile = [&] { return at[0] + tiles.width * (at[1] + tiles.height * at[2]); };
  for (u32 axis = 0; axis < 3; ++axis) {
    const u32 length = lengths[axis];
    const u32 ahead = (end[axis] + length - at[axis]) % length;
    const bool forward = tiles.torus ? ahead <= length - ahead : end[axis] > at[axis];
    while (at[axis] != end[axis]) {
      const u32 before = tile();
      at[axis] = (at[axis] + (forward ? 1 : length - 1)) % length;
      route.push_back({before, 2 * axis + !forward, tile()});
    }
  }
  return route;
}

struct NaiveLoads {
  std::map<std::pair<u32, u32>, double> unicast;  // by direction and tile
  std::map<std::pair<u32, u32>, double> tree;
  double unicast_hops = 0;
  double tree_hops = 0;
};

inline NaiveLoads naive_loads(const CoreTraffic& traffic, const Tiles& tiles,
                              const TileOfCore& tile_of) {
  NaiveLoads loads;
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    const TrafficClass& of = traffic.classes[i];
    std::set<NaiveLink> tree;
    for (const u32 core : traffic.targets_of(i)) {
      for (const NaiveLink& link : naive_route(tiles, tile_of[of.core], tile_of[core])) {
        loads.unicast[{link.direction, link.tile}] += of.rate;
        loads.unicast_hops += of.rate;
        tree.insert(link);
      }
    }
    for (const NaiveLink& link : tree) {
      loads.tree[{link.direction, link.tile}] += of.rate;
      loads.tree_hops += of.rate;
    }
  }
  return loads;
}

// A network on a mesh or torus.
struct MappingCase {
  Tiles tiles;
  SpikeGraph graph;
  Partition partition;
  CoreTraffic traffic;
  TileOfCore tile_of;
};

inline MappingCase random_mapping_case(u64 seed) {
  RandomStream random(seed);
  MappingCase out;
  const u32 depth = below(random, 3) == 0 ? 1 + below(random, 3) : 1;
  out.tiles = whole_mesh(1 + below(random, 6), 2 + below(random, 5), depth);
  out.tiles.torus = below(random, 2) == 1;
  const u32 cores = 1 + below(random, out.tiles.size());
  const u32 neurons = cores + below(random, 100);
  out.graph = random_graph(random, below(random, 10), neurons, 1 + below(random, 6));
  out.partition = random_partition(random, neurons, cores);
  out.traffic = traffic_of(out.graph, out.partition);
  out.tile_of = random_placement(random, out.tiles, cores);
  return out;
}

// A source at the middle of a 3 x 3 mesh sends to all four corners, with rate 2; core 4 is in the
// middle.
inline CoreTraffic middle_to_corners() {
  CoreTraffic traffic;
  traffic.cores = 9;
  traffic.classes = {{4, false, 1, 2}};
  traffic.target = {0, 2, 6, 8};
  traffic.target_begin = {0, 4};
  return traffic;
}

inline TileOfCore in_order(u32 cores) {
  TileOfCore tiles(cores);
  for (u32 c = 0; c < cores; ++c) tiles[c] = c;
  return tiles;
}

}  // namespace spikefab::test
