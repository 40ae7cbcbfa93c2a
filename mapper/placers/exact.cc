// The fewest unicast hops that there are, by branch and bound: for tests and tiny networks.
#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "mapper/mapping/placer.h"

namespace spikefab {
namespace {

constexpr u32 most_cores = 9;
constexpr u32 most_tiles = 12;

class Search {
 public:
  explicit Search(const PlacementProblem& problem)
      : flows_(problem.flows),
        tiles_(problem.tiles),
        tile_of_core_(flows_.cores),
        is_taken_(tiles_.usable.size()),
        order_(flows_.cores) {
    std::vector<double> sum(flows_.cores);
    for (u32 core = 0; core < flows_.cores; ++core) {
      for (u64 e = flows_.begin[core]; e < flows_.begin[core + 1]; ++e) sum[core] += flows_.flow[e];
    }
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(), [&](u32 a, u32 b) { return sum[a] > sum[b]; });
    // What is not decided takes one hop at least.
    rest_.assign(u64{flows_.cores} + 1, 0);
    for (u32 i = flows_.cores; i-- > 0;) {
      rest_[i] = rest_[i + 1];
      for_each_before(i, [&](u32, double flow) { rest_[i] += flow; });
    }
  }

  TileOfCore run() {
    place_from(0, 0);
    return best_;
  }

 private:
  // Cores that are placed before the one at this place of the order, and what they send each other.
  template <class Visit>
  void for_each_before(u32 place, const Visit& visit) const {
    const u32 core = order_[place];
    for (u64 e = flows_.begin[core]; e < flows_.begin[core + 1]; ++e) {
      const u32 other = flows_.other[e];
      const auto end = order_.begin() + place;
      if (std::find(order_.begin(), end, other) != end) visit(other, flows_.flow[e]);
    }
  }

  void place_from(u32 place, double cost) {
    if (cost + rest_[place] >= best_cost_) return;
    if (place == order_.size()) {
      best_cost_ = cost;
      best_ = tile_of_core_;
      return;
    }
    for (std::size_t i = 0; i < is_taken_.size(); ++i) {
      if (is_taken_[i]) continue;
      const u32 tile = tiles_.usable[i];
      double added = 0;
      for_each_before(place, [&](u32 other, double flow) {
        added += flow * tiles_.hops(tile, tile_of_core_[other]);
      });
      is_taken_[i] = true;
      tile_of_core_[order_[place]] = tile;
      place_from(place + 1, cost + added);
      is_taken_[i] = false;
    }
  }

  const CoreFlows& flows_;
  const Tiles& tiles_;
  TileOfCore tile_of_core_;
  std::vector<bool> is_taken_;  // [index of a usable tile]
  std::vector<u32> order_;      // of cores, the busiest first
  std::vector<double> rest_;    // [place in the order] the least that it and those behind it cost
  TileOfCore best_;
  double best_cost_ = std::numeric_limits<double>::infinity();
};

class Exact : public Placer {
 public:
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    const u64 cores = problem.traffic.cores;
    const u64 tiles = problem.tiles.usable.size();
    if (cores > most_cores || tiles > most_tiles) {
      throw UsageError("placer exact can do with up to " + std::to_string(most_cores) +
                           " cores on " + std::to_string(most_tiles) + " usable tiles; here are " +
                           std::to_string(cores) + " on " + std::to_string(tiles),
                       "anneal comes close");
    }
    return Search(problem).run();
  }
};

SPIKEFAB_REGISTER(Placer, "exact", Exact, "the fewest hops, for up to 9 cores on 12 tiles");

}  // namespace
}  // namespace spikefab
