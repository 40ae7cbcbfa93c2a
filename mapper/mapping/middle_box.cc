#include "mapper/mapping/middle_box.h"

#include "base/error.h"

namespace spikefab {

MiddleBox::MiddleBox(const Tiles& tiles, u32 cores) : mesh_(tiles), usable_(tiles.size()) {
  SPIKEFAB_ASSERT(cores <= tiles.usable.size());
  for (const u32 tile : tiles.usable) usable_[tile] = true;
  const std::array<u32, 3> most = {tiles.width, tiles.height, tiles.depth};
  while (size() < cores || usable_tiles().size() < cores) {
    u32 shortest = 3;
    for (u32 a = 0; a < 3; ++a) {
      if (length_[a] == most[a]) continue;
      if (shortest == 3 || length_[a] < length_[shortest]) shortest = a;
    }
    ++length_[shortest];
  }
}

std::vector<MiddleBox::Tile> MiddleBox::usable_tiles() const {
  std::vector<Tile> found;
  const u32 x0 = (mesh_.width - length_[0]) / 2;
  const u32 y0 = (mesh_.height - length_[1]) / 2;
  const u32 z0 = (mesh_.depth - length_[2]) / 2;
  u32 in_box = 0;
  for (u32 z = z0; z < z0 + length_[2]; ++z) {
    for (u32 y = y0; y < y0 + length_[1]; ++y) {
      for (u32 x = x0; x < x0 + length_[0]; ++x, ++in_box) {
        const u32 in_mesh = (z * mesh_.height + y) * mesh_.width + x;
        if (usable_[in_mesh]) found.push_back({in_box, in_mesh});
      }
    }
  }
  return found;
}

}  // namespace spikefab
