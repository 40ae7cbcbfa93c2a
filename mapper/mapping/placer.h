// Decides on which tile each core lies. One strategy is one new file in mapper/placers/, registered
// by name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "mapper/mapping/core_traffic.h"
#include "mapper/mapping/strategy_kind.h"
#include "mapper/mapping/tiles.h"

namespace spikefab {

// The tile of each core: usable ones, no tile twice.
using TileOfCore = std::vector<u32>;

struct PlacementProblem {
  const CoreTraffic& traffic;
  const CoreFlows& flows;  // of the same traffic
  const Tiles& tiles;      // at least as many usable ones as cores
  u64 seed = 1;
  TileOfCore start;  // what the strategy before in a chain found, or nothing; for improvers
  std::string path;  // of the user's file, for strategies that take one
};

class Placer : public MappingStrategy {
 public:
  static constexpr std::string_view kind = "placer";

  // `params` holds one value per entry of params(), each within its range. Same problem and
  // parameters, same answer: effort is counted in moves, never in time. Throws InputError for a bad
  // file, UsageError if the strategy cannot do with this problem.
  virtual TileOfCore place(const PlacementProblem& problem, std::span<const i32> params) const = 0;
};

}  // namespace spikefab
