// Swaps of neighbouring tiles while they save hops, those that save most first [Jin et al. 2023].
#include <algorithm>

#include "mapper/mapping/placement_hops.h"

namespace spikefab {
namespace {

// Neighbouring usable tiles, at least one of which has a core.
struct Swap {
  i64 delta;
  u32 from;
  u32 to;
};

class Swapper {
 public:
  Swapper(const PlacementProblem& problem)
      : tiles_(problem.tiles), hops_(problem.flows, problem.tiles, problem.start) {}

  // The better half of all swaps that save hops, as long as they still do. How many were done.
  u64 pass() {
    std::vector<Swap> swaps = saving_swaps();
    std::stable_sort(swaps.begin(), swaps.end(),
                     [](const Swap& a, const Swap& b) { return a.delta < b.delta; });
    swaps.resize((swaps.size() + 1) / 2);
    u64 done = 0;
    for (const Swap& swap : swaps) {
      const i64 delta = delta_of(swap.from, swap.to);
      if (delta >= 0) continue;
      if (has_core(swap.from)) {
        hops_.move(hops_.core_at(swap.from), swap.to, delta);
      } else {
        hops_.move(hops_.core_at(swap.to), swap.from, delta);
      }
      ++done;
    }
    return done;
  }

  const TileOfCore& tile_of_core() const { return hops_.tile_of_core(); }

 private:
  bool is_usable(u32 tile) const { return hops_.core_at(tile) != PlacementHops::unusable; }
  bool has_core(u32 tile) const {
    return is_usable(tile) && hops_.core_at(tile) != PlacementHops::nobody;
  }

  i64 delta_of(u32 from, u32 to) {
    if (has_core(from)) return hops_.delta(hops_.core_at(from), to);
    return has_core(to) ? hops_.delta(hops_.core_at(to), from) : 0;
  }

  std::vector<Swap> saving_swaps() {
    std::vector<Swap> swaps;
    const auto add = [&](u32 tile, u32 at, u32 length, u32 stride) {
      if (length == 1 || (at + 1 == length && !tiles_.torus)) return;
      const u32 next = at + 1 < length ? tile + stride : tile - at * stride;
      if (!is_usable(next)) return;
      const i64 delta = delta_of(tile, next);
      if (delta < 0) swaps.push_back({delta, tile, next});
    };
    for (const u32 tile : tiles_.usable) {
      add(tile, tiles_.x(tile), tiles_.width, 1);
      add(tile, tiles_.y(tile), tiles_.height, tiles_.width);
      add(tile, tiles_.z(tile), tiles_.depth, tiles_.width * tiles_.height);
    }
    return swaps;
  }

  const Tiles& tiles_;
  PlacementHops hops_;
};

class ForceDirected : public Placer {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"passes", 1000, 1, 1000000, "", "at most; it stops when no swap saves hops"}};
  }
  bool improves() const override { return true; }

  TileOfCore place(const PlacementProblem& problem, std::span<const i32> params) const override {
    Swapper swapper(problem);
    for (i32 pass = 0; pass < params[0] && swapper.pass() > 0; ++pass) {
    }
    return swapper.tile_of_core();
  }
};

SPIKEFAB_REGISTER(Placer, "force_directed", ForceDirected,
                  "swaps of neighbours while they save hops");

}  // namespace
}  // namespace spikefab
