#include "mapper/mapping/placement_loads.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace spikefab {
namespace {

double fourth_power(i64 load) {
  const double square = static_cast<double>(load) * static_cast<double>(load);
  return square * square;
}

}  // namespace

PlacementLoads::PlacementLoads(const CoreTraffic& traffic, const CoreFlows& flows,
                               const Tiles& tiles, const TileOfCore& start, double weight)
    : links_(tiles),
      hops_(flows, tiles, start),
      begin_(flows.begin),
      other_(flows.other),
      flow_(flows.other.size()),
      count_(std::max<u64>(1, links_.count())),
      weight_(weight),
      load_(links_.size()),
      change_(links_.size()),
      last_change_(links_.size()) {
  std::vector<double> out(flow_.size());
  std::vector<double> in(flow_.size());
  const auto index_of = [&](u32 core, u32 other) {
    const auto begin = other_.begin();
    return std::lower_bound(begin + static_cast<std::ptrdiff_t>(begin_[core]),
                            begin + static_cast<std::ptrdiff_t>(begin_[core + 1]), other) -
           begin;
  };
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    for (const u32 target : traffic.targets_of(i)) {
      const u32 core = traffic.classes[i].core;
      out[static_cast<u64>(index_of(core, target))] += traffic.classes[i].rate;
      in[static_cast<u64>(index_of(target, core))] += traffic.classes[i].rate;
    }
  }
  for (u64 e = 0; e < flow_.size(); ++e) {
    flow_[e] = {std::llrint(out[e] * hops_.scale()), std::llrint(in[e] * hops_.scale())};
  }
  reset(start);
}

double PlacementLoads::cost_of(i64 hops, double sum_of_powers) const {
  const auto links = static_cast<double>(count_);
  return static_cast<double>(hops) + weight_ * links * std::sqrt(std::sqrt(sum_of_powers / links));
}

void PlacementLoads::reset(const TileOfCore& tile_of_core) {
  hops_.reset(tile_of_core);
  std::fill(load_.begin(), load_.end(), 0);
  for (u32 core = 0; core < cores(); ++core) {
    for (u64 e = begin_[core]; e < begin_[core + 1]; ++e) {
      links_.for_each_on_route(tile_of(core), tile_of(other_[e]),
                               [&](u64 link, u32) { load_[link] += flow_[e].out; });
    }
  }
  refresh();
}

void PlacementLoads::refresh() {
  sum_of_powers_ = 0;
  for (const i64 load : load_) sum_of_powers_ += fourth_power(load);
}

// To and from a core at a tile, with the other core of the move at its own; without what the two
// send each other if `skip_other`.
void PlacementLoads::add_routes(Seat core, Seat other, i64 sign, bool skip_other) {
  const auto add = [&](u32 from, u32 to, i64 flow) {
    if (flow == 0) return;
    links_.for_each_on_route(from, to, [&](u64 link, u32) {
      if (std::exchange(last_change_[link], moves_) != moves_) {
        changed_.push_back(link);
        change_[link] = 0;
      }
      change_[link] += sign * flow;
    });
  };
  for (u64 e = begin_[core.core]; e < begin_[core.core + 1]; ++e) {
    const bool is_other = other_[e] == other.core;
    if (is_other && skip_other) continue;
    const u32 end = is_other ? other.tile : tile_of(other_[e]);
    add(core.tile, end, flow_[e].out);
    add(end, core.tile, flow_[e].in);
  }
}

double PlacementLoads::delta(u32 core, u32 tile) {
  ++moves_;
  changed_.clear();
  const u32 from = tile_of(core);
  const u32 other = core_at(tile);
  add_routes({core, from}, {other, tile}, -1, false);
  add_routes({core, tile}, {other, from}, 1, false);
  if (other != PlacementHops::nobody) {
    add_routes({other, tile}, {core, from}, -1, true);
    add_routes({other, from}, {core, tile}, 1, true);
  }
  new_sum_of_powers_ = sum_of_powers_;
  for (const u64 link : changed_) {
    new_sum_of_powers_ += fourth_power(load_[link] + change_[link]) - fourth_power(load_[link]);
  }
  new_sum_of_powers_ = std::max(0.0, new_sum_of_powers_);
  delta_hops_ = hops_.delta(core, tile);
  return cost_of(hops_.cost() + delta_hops_, new_sum_of_powers_) - cost();
}

void PlacementLoads::move(u32 core, u32 tile, double) {
  for (const u64 link : changed_) load_[link] += change_[link];
  sum_of_powers_ = new_sum_of_powers_;
  hops_.move(core, tile, delta_hops_);
  changed_.clear();
}

}  // namespace spikefab
