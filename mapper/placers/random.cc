// Any usable tile, by the seed: what the others are measured against.
#include "mapper/mapping/fast_random.h"
#include "mapper/mapping/placer.h"

namespace spikefab {
namespace {

class RandomPlacer : public Placer {
 public:
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    TileOfCore tiles = problem.tiles.usable;
    FastRandom(problem.seed).shuffle(tiles);
    tiles.resize(problem.traffic.cores);
    return tiles;
  }
};

SPIKEFAB_REGISTER(Placer, "random", RandomPlacer, "any tile, by the seed; a baseline");

}  // namespace
}  // namespace spikefab
