// Cores along a path that visits all tiles.
#pragma once

#include <vector>

#include "mapper/mapping/placer.h"

namespace spikefab {

// The first cores on the first usable tiles of the path.
TileOfCore place_along(const std::vector<u32>& path, const PlacementProblem& problem);

// A path through one layer of the mesh, followed in turn forwards and backwards in those above it.
std::vector<u32> through_layers(std::vector<u32> layer, const Tiles& tiles);

}  // namespace spikefab
