// The places that cores can take: a mesh or torus of tiles, some of which may be faulty or taken.
#pragma once

#include <algorithm>
#include <vector>

#include "base/hd.h"

namespace spikefab {

// Tile t is at x = t % width, y = t / width % height, z = t / (width * height). Chips are flat
// (depth 1); a third dimension is for stacked ones.
struct Tiles {
  u32 width = 1;
  u32 height = 1;
  u32 depth = 1;
  bool torus = false;         // links from the last tile of each line to its first
  std::vector<u32> usable;    // tiles, ascending
  const char* taken_by = "";  // what has the others, for messages: "for the output bus"

  u32 size() const { return width * height * depth; }
  u32 x(u32 tile) const { return tile % width; }
  u32 y(u32 tile) const { return tile / width % height; }
  u32 z(u32 tile) const { return tile / (width * height); }

  // Links on a shortest way.
  u32 hops(u32 a, u32 b) const {
    return along(x(a), x(b), width) + along(y(a), y(b), height) + along(z(a), z(b), depth);
  }

 private:
  u32 along(u32 a, u32 b, u32 length) const {
    const u32 straight = a > b ? a - b : b - a;
    return torus ? std::min(straight, length - straight) : straight;
  }
};

// All tiles usable.
inline Tiles whole_mesh(u32 width, u32 height, u32 depth = 1) {
  Tiles tiles{width, height, depth, false, {}, ""};
  for (u32 t = 0; t < tiles.size(); ++t) tiles.usable.push_back(t);
  return tiles;
}

}  // namespace spikefab
