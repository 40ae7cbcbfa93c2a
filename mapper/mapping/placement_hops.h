// Unicast hops of a placement, kept up to date while cores move: the inner loop of placers.
#pragma once

#include <array>
#include <vector>

#include "mapper/mapping/core_traffic.h"
#include "mapper/mapping/placer.h"
#include "mapper/mapping/tiles.h"

namespace spikefab {

// Flows are scaled to integers by a power of two, so that sums are exact in any order; flows below
// 2^-22 of the largest one may vanish.
class PlacementHops {
 public:
  static constexpr u32 nobody = 0xffffffff;    // an empty tile
  static constexpr u32 unusable = 0xfffffffe;  // a faulty one

  // The tiles of `start` are usable, none twice. Tiles must outlive this.
  PlacementHops(const CoreFlows& flows, const Tiles& tiles, const TileOfCore& start);

  u32 cores() const { return static_cast<u32>(tile_of_core_.size()); }
  const TileOfCore& tile_of_core() const { return tile_of_core_; }
  u32 tile_of(u32 core) const { return tile_of_core_[core]; }
  u32 core_at(u32 tile) const { return core_at_[tile]; }  // or nobody, or unusable

  // Flow times hops, scaled.
  i64 cost() const { return cost_; }
  i64 recomputed_cost() const;
  double scale() const { return scale_; }
  double spikes(i64 cost) const { return static_cast<double>(cost) / scale_; }  // hops per tick
  i64 mean_flow() const;  // of two cores that have one; 0 if there is none

  // What the cost would gain if the core went to this usable tile, and who is there came to its.
  i64 delta(u32 core, u32 tile) {
    return tiles_.depth > 1 ? delta_in<3>(core, tile) : delta_in<2>(core, tile);
  }
  // Does it. `delta` is the result of delta() for the same arguments.
  void move(u32 core, u32 tile, i64 delta);
  // Another placement, as in the constructor.
  void reset(const TileOfCore& tile_of_core);
  void refresh() {}  // sums are exact

 private:
  struct Edge {
    u32 other;
    i32 flow;
  };
  // Where a core lies along each axis.
  struct Place {
    std::array<i16, 4> at = {};
  };

  Place place_of(u32 tile) const {
    return {{static_cast<i16>(tiles_.x(tile)), static_cast<i16>(tiles_.y(tile)),
             static_cast<i16>(tiles_.z(tile)), 0}};
  }
  // Hops to a core at place p.
  template <u32 axes>
  struct From {
    std::array<const i16*, axes> along;  // [- difference of the places]
    From(const PlacementHops& cost, Place place) {
      for (u32 a = 0; a < axes; ++a) along[a] = cost.zero_[a] + place.at[a];
    }
    i32 hops(Place p) const {
      i32 sum = 0;
      for (u32 a = 0; a < axes; ++a) sum += *(along[a] - p.at[a]);
      return sum;
    }
  };

  template <u32 axes>
  i64 change(u32 core, const From<axes>& from, const From<axes>& to) const {
    i64 sum = 0;
    for (u64 e = begin_[core]; e < begin_[core + 1]; ++e) {
      const Place place = place_[edges_[e].other];
      sum += i64{edges_[e].flow} * (to.hops(place) - from.hops(place));
    }
    return sum;
  }

  template <u32 axes>
  i64 delta_in(u32 core, u32 tile) {
    const Place old_place = place_[core];
    const Place new_place = place_of(tile);
    const From<axes> from(*this, old_place);
    const From<axes> to(*this, new_place);
    i64 sum = change(core, from, to);
    const u32 other = core_at_[tile];
    if (other == nobody) return sum;
    place_[core] = new_place;  // so that the flow between the two cancels out
    sum += change(other, to, from);
    place_[core] = old_place;
    return sum;
  }

  const Tiles& tiles_;
  std::vector<u64> begin_;  // [core + 1]
  std::vector<Edge> edges_;
  double scale_ = 1;
  std::array<std::vector<i16>, 3> hops_along_;  // [axis][difference + length - 1]
  std::array<const i16*, 3> zero_;              // [axis] hops for difference 0
  TileOfCore tile_of_core_;
  std::vector<u32> core_at_;  // [tile]
  std::vector<Place> place_;  // [core]
  i64 cost_ = 0;
};

}  // namespace spikefab
