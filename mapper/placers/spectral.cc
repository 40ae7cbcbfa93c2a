// Fiedler vectors as coordinates, then sorted into columns, and within these into rows: for
// irregular networks, where it finds what lies where.
#include <algorithm>
#include <array>
#include <numeric>

#include "mapper/mapping/fiedler.h"
#include "mapper/mapping/middle_box.h"
#include "mapper/mapping/placer.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

class Sorter {
 public:
  Sorter(const Tiles& tiles, std::vector<std::vector<double>> coordinates)
      : tiles_(tiles), coordinates_(std::move(coordinates)) {
    const std::array<u32, 3> lengths = {tiles.width, tiles.height, tiles.depth};
    std::stable_sort(axes_.begin(), axes_.end(),
                     [&](u32 a, u32 b) { return lengths[a] > lengths[b]; });
  }

  // Cuts tiles and cores into slabs along the longest axis, these along the next, and so on.
  void place(std::vector<u32> cores, const std::vector<u32>& tiles, u32 step, TileOfCore& out) {
    if (cores.empty()) return;
    if (step == axes_.size()) {
      out[cores.front()] = tiles.front();
      return;
    }
    if (step < coordinates_.size()) {
      const std::vector<double>& along = coordinates_[step];
      std::stable_sort(cores.begin(), cores.end(),
                       [&](u32 a, u32 b) { return along[a] < along[b]; });
    }
    std::vector<std::vector<u32>> slabs(std::max({tiles_.width, tiles_.height, tiles_.depth}));
    for (const u32 tile : tiles) slabs[place_on(axes_[step], tile)].push_back(tile);
    u64 tiles_before = 0;
    u64 begin = 0;
    for (const std::vector<u32>& slab : slabs) {
      tiles_before += slab.size();
      const u64 end = cores.size() * tiles_before / tiles.size();
      place({cores.begin() + static_cast<std::ptrdiff_t>(begin),
             cores.begin() + static_cast<std::ptrdiff_t>(end)},
            slab, step + 1, out);
      begin = end;
    }
  }

 private:
  u32 place_on(u32 axis, u32 tile) const {
    return axis == 0 ? tiles_.x(tile) : axis == 1 ? tiles_.y(tile) : tiles_.z(tile);
  }

  const Tiles& tiles_;
  std::vector<std::vector<double>> coordinates_;  // [step][core]
  std::array<u32, 3> axes_ = {0, 1, 2};           // the longest first
};

class Spectral : public Placer {
 public:
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    const Tiles& tiles = problem.tiles;
    std::vector<u32> busy;
    std::vector<u32> idle;
    for (u32 core = 0; core < problem.flows.cores; ++core) {
      const bool has_flow = problem.flows.begin[core] < problem.flows.begin[core + 1];
      (has_flow ? busy : idle).push_back(core);
    }
    TileOfCore tile_of_core(problem.flows.cores, none);
    if (!busy.empty()) {
      std::vector<u32> middle;
      const MiddleBox box(tiles, static_cast<u32>(busy.size()));
      for (const MiddleBox::Tile tile : box.usable_tiles()) middle.push_back(tile.in_mesh);
      Sorter sorter(tiles, fiedler_vectors(problem.flows, tiles.depth > 1 ? 3 : 2));
      sorter.place(std::move(busy), middle, 0, tile_of_core);
    }
    place_rest(idle, tiles, tile_of_core);
    return tile_of_core;
  }

 private:
  static void place_rest(const std::vector<u32>& cores, const Tiles& tiles, TileOfCore& out) {
    std::vector<bool> taken(tiles.size());
    for (const u32 tile : out) {
      if (tile != none) taken[tile] = true;
    }
    auto next = tiles.usable.begin();
    for (const u32 core : cores) {
      while (taken[*next]) ++next;
      out[core] = *next++;
    }
  }
};

SPIKEFAB_REGISTER(Placer, "spectral", Spectral, "by Fiedler vectors; for irregular networks");

}  // namespace
}  // namespace spikefab
