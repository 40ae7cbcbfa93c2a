// The part of a mesh that a placer uses which would spread cores over all tiles that it is given.
#pragma once

#include <array>
#include <vector>

#include "mapper/mapping/tiles.h"

namespace spikefab {

// The smallest box in the middle of the mesh, nearly a cube, with as many usable tiles as there are
// cores.
class MiddleBox {
 public:
  MiddleBox(const Tiles& tiles, u32 cores);  // at least as many usable tiles as cores

  u32 length(u32 axis) const { return length_[axis]; }
  u32 size() const { return length_[0] * length_[1] * length_[2]; }
  bool is_whole() const { return size() == mesh_.size(); }

  struct Tile {
    u32 in_box;  // its number in the box, along x, then y, then z
    u32 in_mesh;
  };
  std::vector<Tile> usable_tiles() const;

 private:
  const Tiles& mesh_;
  std::vector<bool> usable_;  // [tile]
  std::array<u32, 3> length_ = {1, 1, 1};
};

}  // namespace spikefab
