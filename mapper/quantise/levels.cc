#include "mapper/quantise/levels.h"

#include <algorithm>

#include "base/error.h"

namespace spikefab {

StepTiming::StepTiming(const Network& network, const SimulationPlan& plan)
    : network_(network), levels_(network.nodes.size()) {
  const u64 nodes = network.nodes.size();
  for (u32 reader = 0; reader < plan.entries.size(); ++reader) {
    for (const SimulationPlan::Entry& entry : plan.entries[reader]) {
      std::vector<u32> signals = {entry.signal};
      std::set<u32> seen;
      while (!signals.empty()) {
        const u32 signal = signals.back();
        signals.pop_back();
        if (!seen.insert(signal).second) continue;
        if (signal < nodes) {
          steps_[{signal, reader}] = entry.delay;
          continue;
        }
        const std::vector<u32>& reads = plan.linears[signal - nodes].reads;
        signals.insert(signals.end(), reads.begin(), reads.end());
      }
    }
  }
}

void StepTiming::add_way(u32 source, u32 reader, u32 later) {
  const auto [least, is_new] = later_.try_emplace({source, reader}, later);
  if (!is_new) least->second = std::min(least->second, later);
}

void StepTiming::find_levels() {
  std::set<Way> ways;
  for (const auto& [way, later] : later_) {
    if (network_.nodes[way.first].as<Neurons>()) ways.insert(way);
  }
  if (try_levels(ways)) return;
  // A cycle through several populations that takes fewer steps than it has populations.
  std::erase_if(ways, [&](const Way& way) { return steps_.at(way) > 0; });
  const bool found = try_levels(ways);
  SPIKEFAB_ASSERT(found);
}

i64 StepTiming::level_of_source(u32 node) const {
  return network_.nodes[node].as<Input>() ? -1 : i64{levels_[node]};
}

bool StepTiming::try_levels(const std::set<Way>& ways) {
  std::fill(levels_.begin(), levels_.end(), 0);
  for (std::size_t round = 0; round <= network_.nodes.size(); ++round) {
    bool stable = true;
    for (const Way& way : ways) {
      const i64 missing = -ticks(way.first, way.second, later_.at(way));
      if (missing <= 0) continue;
      levels_[way.second] += static_cast<u32>(missing);
      stable = false;
    }
    if (stable) return true;
  }
  return false;
}

i64 StepTiming::ticks(u32 source, u32 reader, u32 later) const {
  return i64{steps(source, reader)} + later + levels_[reader] - level_of_source(source) - 1;
}

std::vector<u32> populations_in_order(const Network& network) {
  std::vector<u32> order;
  const SimulationPlan plan = make_simulation_plan(network, Semantics{});
  for (const u32 signal : plan.order) {
    if (signal < network.nodes.size() && network.nodes[signal].as<Neurons>()) {
      order.push_back(signal);
    }
  }
  return order;
}

}  // namespace spikefab
