// How few links can connect a source with its targets, wherever the tree branches.
#include <algorithm>
#include <array>
#include <limits>

#include "mapper/mapping/bounds.h"

namespace spikefab {
namespace {

// Spanning trees take time in O(targets^2).
constexpr std::size_t most_spanned = 256;

// A tree covers a stretch of each axis that holds all of its tiles: on a ring, all but the largest
// gap. `places` are sorted.
u64 stretch(const std::vector<u32>& places, u32 length, bool is_ring) {
  const u32 straight = places.back() - places.front();
  if (!is_ring) return straight;
  u32 gap = length - straight;
  for (std::size_t i = 1; i < places.size(); ++i) gap = std::max(gap, places[i] - places[i - 1]);
  return length - gap;
}

u64 half_perimeter(const Tiles& tiles, const std::vector<u32>& points) {
  const std::array<u32, 3> lengths = {tiles.width, tiles.height, tiles.depth};
  std::vector<u32> places(points.size());
  u64 sum = 0;
  for (u32 axis = 0; axis < 3; ++axis) {
    if (lengths[axis] == 1) continue;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const u32 tile = points[i];
      places[i] = axis == 0 ? tiles.x(tile) : axis == 1 ? tiles.y(tile) : tiles.z(tile);
    }
    std::sort(places.begin(), places.end());
    sum += stretch(places, lengths[axis], tiles.torus);
  }
  return sum;
}

// Links of a tree that branches at the points only [Prim 1957].
u64 spanning_links(const Tiles& tiles, const std::vector<u32>& points) {
  std::vector<u32> distance(points.size(), std::numeric_limits<u32>::max());
  std::vector<u32> open(points.begin() + 1, points.end());
  u64 sum = 0;
  for (u32 last = points[0]; !open.empty();) {
    std::size_t best = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
      distance[i] = std::min(distance[i], tiles.hops(last, open[i]));
      if (distance[i] < distance[best]) best = i;
    }
    sum += distance[best];
    last = open[best];
    open[best] = open.back();
    distance[best] = distance[open.size() - 1];
    open.pop_back();
  }
  return sum;
}

// Trees that branch anywhere save a third at most in the plane [Hwang 1976], and less than half in
// any metric: the walk around a tree of n points leaves out one of n legs.
u64 branching_links(const Tiles& tiles, u64 spanning, u64 points) {
  const bool is_plane = !tiles.torus && tiles.depth == 1;
  if (is_plane) return divide_up(2 * spanning, 3);
  return divide_up(points * spanning, 2 * (points - 1));
}

}  // namespace

Bound placed_trees_bound(const CoreTraffic& traffic, const Tiles& tiles,
                         const TileOfCore& tile_of_core) {
  Bound bound{0, BoundKind::placed_trees};
  std::vector<u32> points;
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    const auto targets = traffic.targets_of(i);
    if (targets.empty()) continue;
    points = {tile_of_core[traffic.classes[i].core]};
    for (const u32 core : targets) points.push_back(tile_of_core[core]);
    u64 links = std::max<u64>(targets.size(), half_perimeter(tiles, points));
    if (points.size() <= most_spanned) {
      const u64 spanning = spanning_links(tiles, points);
      links = std::max(links, branching_links(tiles, spanning, points.size()));
    }
    bound.value += traffic.classes[i].rate * static_cast<double>(links);
  }
  return bound;
}

}  // namespace spikefab
