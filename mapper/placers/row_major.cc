// Cores row by row, in the order in which they were filled.
#include "mapper/mapping/placer.h"

namespace spikefab {
namespace {

class RowMajor : public Placer {
 public:
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    TileOfCore tiles = problem.tiles.usable;
    tiles.resize(problem.traffic.cores);
    return tiles;
  }
};

SPIKEFAB_REGISTER(Placer, "row_major", RowMajor, "row by row, in the order of the cores");

}  // namespace
}  // namespace spikefab
