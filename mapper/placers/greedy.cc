// Core by core: next the one that talks most to those that have a place, to the tile from where its
// spikes travel least [like NMAP: Murali, De Micheli 2004].
#include <algorithm>
#include <array>

#include "mapper/mapping/placer.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

class Builder {
 public:
  explicit Builder(const PlacementProblem& problem)
      : flows_(problem.flows),
        tiles_(problem.tiles),
        free_(problem.tiles.usable),
        all_(flows_.cores),
        attraction_(flows_.cores),
        tile_of_core_(flows_.cores, none) {
    for (u32 core = 0; core < flows_.cores; ++core) {
      for (u64 e = flows_.begin[core]; e < flows_.begin[core + 1]; ++e) {
        all_[core] += flows_.flow[e];
      }
    }
    along_[0].resize(tiles_.width);
    along_[1].resize(tiles_.height);
    along_[2].resize(tiles_.depth);
  }

  TileOfCore build() {
    for (u32 i = 0; i < flows_.cores; ++i) {
      const u32 core = next_core();
      tile_of_core_[core] = take_best_tile(core);
      for (u64 e = flows_.begin[core]; e < flows_.begin[core + 1]; ++e) {
        attraction_[flows_.other[e]] += flows_.flow[e];
      }
    }
    return tile_of_core_;
  }

 private:
  u32 next_core() const {
    u32 best = none;
    for (u32 core = 0; core < flows_.cores; ++core) {
      if (tile_of_core_[core] != none) continue;
      if (best == none ||
          std::pair(attraction_[core], all_[core]) > std::pair(attraction_[best], all_[best])) {
        best = core;
      }
    }
    return best;
  }

  // Hops along each axis add up on their own, so that a tile costs three sums, whatever the flows.
  void cost_along_axes(u32 core) {
    const u32 middle =
        (tiles_.depth / 2 * tiles_.height + tiles_.height / 2) * tiles_.width + tiles_.width / 2;
    for (auto& line : along_) std::fill(line.begin(), line.end(), 0);
    for (u64 e = flows_.begin[core]; e < flows_.begin[core + 1]; ++e) {
      const u32 tile = tile_of_core_[flows_.other[e]];
      if (tile != none) add_hops_to(tile, flows_.flow[e]);
    }
    // Among equals, the closest to the middle.
    add_hops_to(middle, 1e-9 * (all_[core] + 1));
  }

  void add_hops_to(u32 tile, double flow) {
    add_hops(along_[0], tiles_.x(tile), flow);
    add_hops(along_[1], tiles_.y(tile), flow);
    add_hops(along_[2], tiles_.z(tile), flow);
  }

  void add_hops(std::vector<double>& line, u32 to, double flow) const {
    const auto length = static_cast<u32>(line.size());
    const Tiles axis{length, 1, 1, tiles_.torus, {}};
    for (u32 at = 0; at < length; ++at) line[at] += flow * axis.hops(at, to);
  }

  u32 take_best_tile(u32 core) {
    cost_along_axes(core);
    std::size_t best = 0;
    double best_cost = 0;
    for (std::size_t i = 0; i < free_.size(); ++i) {
      const u32 tile = free_[i];
      const double cost =
          along_[0][tiles_.x(tile)] + along_[1][tiles_.y(tile)] + along_[2][tiles_.z(tile)];
      if (i > 0 && cost >= best_cost) continue;
      best = i;
      best_cost = cost;
    }
    const u32 tile = free_[best];
    free_.erase(free_.begin() + static_cast<std::ptrdiff_t>(best));
    return tile;
  }

  const CoreFlows& flows_;
  const Tiles& tiles_;
  std::vector<u32> free_;           // tiles, ascending
  std::vector<double> all_;         // [core] sum of its flows
  std::vector<double> attraction_;  // [core] flows to those that have a place
  TileOfCore tile_of_core_;
  std::array<std::vector<double>, 3> along_;  // [axis][place] cost of the core in hand
};

class Greedy : public Placer {
 public:
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    return Builder(problem).build();
  }
};

SPIKEFAB_REGISTER(Placer, "greedy", Greedy, "core by core, where its spikes travel least");

}  // namespace
}  // namespace spikefab
