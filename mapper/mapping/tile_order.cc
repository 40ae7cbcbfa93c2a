#include "mapper/mapping/tile_order.h"

#include <algorithm>

#include "base/error.h"

namespace spikefab {

TileOfCore place_along(const std::vector<u32>& path, const PlacementProblem& problem) {
  std::vector<bool> usable(problem.tiles.size());
  for (const u32 tile : problem.tiles.usable) usable[tile] = true;
  TileOfCore tiles;
  for (const u32 tile : path) {
    if (tiles.size() == problem.traffic.cores) break;
    if (usable[tile]) tiles.push_back(tile);
  }
  SPIKEFAB_ASSERT(tiles.size() == problem.traffic.cores);
  return tiles;
}

std::vector<u32> through_layers(std::vector<u32> layer, const Tiles& tiles) {
  std::vector<u32> path;
  for (u32 z = 0; z < tiles.depth; ++z) {
    for (const u32 tile : layer) path.push_back(z * tiles.width * tiles.height + tile);
    std::reverse(layer.begin(), layer.end());
  }
  return path;
}

}  // namespace spikefab
