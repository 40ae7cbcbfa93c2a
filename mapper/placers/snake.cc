// Row by row, forwards and backwards in turn, so that cores in sequence are neighbours.
#include "mapper/mapping/tile_order.h"

namespace spikefab {
namespace {

class Snake : public Placer {
 public:
  TileOfCore place(const PlacementProblem& problem, std::span<const i32>) const override {
    const auto [width, height] = std::pair(problem.tiles.width, problem.tiles.height);
    std::vector<u32> path;
    for (u32 y = 0; y < height; ++y) {
      for (u32 i = 0; i < width; ++i) path.push_back(y * width + (y % 2 ? width - 1 - i : i));
    }
    return place_along(through_layers(std::move(path), problem.tiles), problem);
  }
};

SPIKEFAB_REGISTER(Placer, "snake", Snake, "row by row, forwards and backwards in turn");

}  // namespace
}  // namespace spikefab
