#include "mapper/mapping/placement_hops.h"

#include <cmath>

#include "base/error.h"

namespace spikefab {
namespace {

// The largest power of two that keeps each flow within 24 bits and the cost within 61.
double scale_for(const CoreFlows& flows, const Tiles& tiles) {
  double most = 0;
  double sum = 0;
  for (const double flow : flows.flow) {
    most = std::max(most, flow);
    sum += flow;
  }
  if (most == 0) return 1;
  const double longest = double{1} + tiles.width + tiles.height + tiles.depth;
  const double limit = std::min(0x1p24 / most, 0x1p61 / (sum * longest));
  int exponent = 0;
  std::frexp(limit, &exponent);
  return std::ldexp(1.0, exponent - 1);
}

// Hops for all differences of places along an axis.
std::vector<i16> hops_along(u32 length, bool torus) {
  Tiles line{length, 1, 1, torus, {}};
  std::vector<i16> hops(2 * std::size_t{length} - 1);
  for (u32 i = 0; i < length; ++i) {
    hops[length - 1 + i] = hops[length - 1 - i] = static_cast<i16>(line.hops(0, i));
  }
  return hops;
}

}  // namespace

PlacementHops::PlacementHops(const CoreFlows& flows, const Tiles& tiles, const TileOfCore& start)
    : tiles_(tiles),
      begin_(flows.begin),
      scale_(scale_for(flows, tiles)),
      core_at_(tiles.size(), unusable) {
  const std::array<u32, 3> lengths = {tiles.width, tiles.height, tiles.depth};
  for (u32 a = 0; a < 3; ++a) {
    SPIKEFAB_ASSERT(lengths[a] < (1 << 15));
    hops_along_[a] = hops_along(lengths[a], tiles.torus);
    zero_[a] = hops_along_[a].data() + (lengths[a] - 1);
  }
  edges_.reserve(flows.other.size());
  for (u64 e = 0; e < flows.other.size(); ++e) {
    edges_.push_back({flows.other[e], static_cast<i32>(std::nearbyint(flows.flow[e] * scale_))});
  }
  for (const u32 tile : tiles.usable) core_at_[tile] = nobody;
  reset(start);
}

void PlacementHops::reset(const TileOfCore& tile_of_core) {
  SPIKEFAB_ASSERT(tile_of_core.size() + 1 == begin_.size());
  for (u32& core : core_at_) core = core == unusable ? unusable : nobody;
  tile_of_core_ = tile_of_core;
  place_.clear();
  for (u32 core = 0; core < cores(); ++core) {
    u32& at_tile = core_at_[tile_of_core[core]];
    SPIKEFAB_ASSERT(at_tile == nobody);
    at_tile = core;
    place_.push_back(place_of(tile_of_core[core]));
  }
  cost_ = recomputed_cost();
}

i64 PlacementHops::recomputed_cost() const {
  i64 sum = 0;  // each pair twice
  for (u32 core = 0; core < cores(); ++core) {
    for (u64 e = begin_[core]; e < begin_[core + 1]; ++e) {
      const u32 other = edges_[e].other;
      sum += i64{edges_[e].flow} * tiles_.hops(tile_of_core_[core], tile_of_core_[other]);
    }
  }
  return sum / 2;
}

i64 PlacementHops::mean_flow() const {
  if (edges_.empty()) return 0;
  i64 sum = 0;
  for (const Edge& edge : edges_) sum += edge.flow;
  return sum / static_cast<i64>(edges_.size());
}

void PlacementHops::move(u32 core, u32 tile, i64 delta) {
  const u32 from = tile_of_core_[core];
  const u32 other = core_at_[tile];
  SPIKEFAB_ASSERT(other != unusable);
  core_at_[from] = other;
  if (other != nobody) {
    tile_of_core_[other] = from;
    place_[other] = place_[core];
  }
  core_at_[tile] = core;
  tile_of_core_[core] = tile;
  place_[core] = place_of(tile);
  cost_ += delta;
}

}  // namespace spikefab
