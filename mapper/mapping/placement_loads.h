// Unicast hops of a placement and how full its links are, kept up to date while cores move.
#pragma once

#include <vector>

#include "mapper/mapping/link_load.h"
#include "mapper/mapping/placement_hops.h"

namespace spikefab {

// Cost: hops + weight * links * power mean of the link loads, with the exponent 4. Were all links
// equally full, the two terms would be as large for a weight of 1. Has the functions of
// PlacementHops but costs are no integers, and a move costs a walk along all routes that it
// changes.
class PlacementLoads {
 public:
  // Flows are those of the traffic.
  PlacementLoads(const CoreTraffic& traffic, const CoreFlows& flows, const Tiles& tiles,
                 const TileOfCore& start, double weight);

  u32 cores() const { return hops_.cores(); }
  const TileOfCore& tile_of_core() const { return hops_.tile_of_core(); }
  u32 tile_of(u32 core) const { return hops_.tile_of(core); }
  u32 core_at(u32 tile) const { return hops_.core_at(tile); }
  i64 mean_flow() const { return hops_.mean_flow(); }

  double cost() const { return cost_of(hops_.cost(), sum_of_powers_); }
  double spikes(double cost) const { return cost / hops_.scale(); }
  const std::vector<i64>& loads() const { return load_; }  // [link] scaled like the hops

  double delta(u32 core, u32 tile);
  // Right behind delta() for the same arguments.
  void move(u32 core, u32 tile, double delta);
  void reset(const TileOfCore& tile_of_core);
  void refresh();  // removes what rounding has added up to

 private:
  struct Flow {
    i64 out;  // to the other core
    i64 in;
  };
  struct Seat {
    u32 core;
    u32 tile;
  };

  double cost_of(i64 hops, double sum_of_powers) const;
  void add_routes(Seat core, Seat other, i64 sign, bool skip_other);

  Links links_;
  PlacementHops hops_;
  std::vector<u64> begin_;  // [core + 1]
  std::vector<u32> other_;
  std::vector<Flow> flow_;
  u64 count_;  // of links
  double weight_;
  std::vector<i64> load_;  // [link]
  double sum_of_powers_ = 0;

  // Of the last delta():
  std::vector<i64> change_;       // [link]
  std::vector<u64> last_change_;  // [link] the last move that changes it
  std::vector<u64> changed_;      // links
  u64 moves_ = 0;
  i64 delta_hops_ = 0;
  double new_sum_of_powers_ = 0;
};

}  // namespace spikefab
