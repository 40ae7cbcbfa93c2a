// Simulated annealing: the best placement that is known up to some 10^4 cores
// (facts/mapping.md, 7.3). With beta, hops are traded for lower loads of the fullest links.
#include <algorithm>

#include "mapper/mapping/annealing.h"
#include "mapper/mapping/placement_hops.h"
#include "mapper/mapping/placement_loads.h"

namespace spikefab {
namespace {

class Anneal : public Placer {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"moves_per_core", 40000, 1, 100000000, "",
             "moves to try for each core; twice as many are a little better"},
            {"beta", 0, 0, 100000, "%", "weight of full links against hops"}};
  }
  bool improves() const override { return true; }

  TileOfCore place(const PlacementProblem& problem, std::span<const i32> params) const override {
    const auto moves_per_core = static_cast<u64>(params[0]);
    const TileOfCore tiles = fewest_hops(problem, moves_per_core);
    if (params[1] == 0) return tiles;

    // From there, since routes take much longer to follow than distances.
    PlacementLoads loads(problem.traffic, problem.flows, problem.tiles, tiles, params[1] / 100.0);
    Annealing(loads, problem.tiles, problem.seed).run(divide_up(moves_per_core, 16));
    return loads.tile_of_core();
  }

 private:
  // Of several runs if there are few cores: there, they are short, and one is easily trapped.
  static TileOfCore fewest_hops(const PlacementProblem& problem, u64 moves_per_core) {
    const u64 runs = std::clamp<u64>(100 / std::max(1u, problem.traffic.cores), 1, 16);
    PlacementHops hops(problem.flows, problem.tiles, problem.start);
    TileOfCore best = problem.start;
    i64 best_cost = hops.cost();
    for (u64 run = 0; run < runs; ++run) {
      hops.reset(problem.start);
      Annealing(hops, problem.tiles, problem.seed + run).run(moves_per_core);
      if (hops.cost() >= best_cost) continue;
      best_cost = hops.cost();
      best = hops.tile_of_core();
    }
    return best;
  }
};

SPIKEFAB_REGISTER(Placer, "anneal", Anneal, "simulated annealing of hops and link loads");

}  // namespace
}  // namespace spikefab
