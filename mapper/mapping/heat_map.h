// A picture of the mesh in text: where the load is.
#pragma once

#include <string>
#include <vector>

#include "mapper/mapping/tiles.h"

namespace spikefab {

struct HeatMap {
  static constexpr double nothing = -1;  // a tile without a core

  std::vector<double> tiles;  // [tile] 0 or more, or nothing
  std::vector<double> links;  // as numbered by Links (mapper/mapping/link_load.h), or empty
  std::string tile_unit = "spikes per tick";
  std::string link_unit = "spikes per tick";
};

// One digit for each tile, with a shade for the links between two, the first line of tiles on top;
// plane by plane, with a legend below. No line is longer than `columns` (2 or more), but for the
// legend's: a larger mesh is shown by squares of tiles, of which the largest value counts.
std::string draw(const HeatMap& map, const Tiles& tiles, u32 columns = 100);

}  // namespace spikefab
