#include "sim/cpu/split.h"

#include <algorithm>

namespace spikefab::sim::cpu {
namespace {

// Ranges of about the same cost, none of them empty.
std::vector<Split::Range> ranges_of(const std::vector<u64>& cost, u32 lanes) {
  std::vector<u64> until;  // cost up to and with each
  u64 total = 0;
  for (const u64 c : cost) until.push_back(total += c);
  std::vector<Split::Range> ranges;
  u32 first = 0;
  for (u64 lane = 1; lane <= lanes; ++lane) {
    // The end that is nearest to its share.
    const u64 share = total * lane / lanes;
    const auto beyond = std::lower_bound(until.begin(), until.end(), share);
    auto end = static_cast<u32>(beyond - until.begin());
    const u64 before = end == 0 ? 0 : until[end - 1];
    if (beyond != until.end() && *beyond - share <= share - before) ++end;
    if (end > first) ranges.push_back({first, end});
    first = end;
  }
  return ranges;
}

}  // namespace

u32 Split::owner(u32 core) const {
  if (of == replicas) return 0;
  const auto range =
      std::find_if(ranges.begin(), ranges.end() - 1, [&](const Range& r) { return core < r.end; });
  return static_cast<u32>(range - ranges.begin());
}

Split split_work(const std::vector<u64>& core_costs, u32 replicas, u32 threads) {
  const auto cores = static_cast<u32>(core_costs.size());
  const u32 by_cores = std::clamp(threads, u32{1}, std::max(cores, u32{1}));
  const u32 by_replicas = std::min(threads, replicas);
  const u64 rounds = divide_up(replicas, by_replicas);
  // Lanes of replicas need no barrier: taken unless lanes of cores are a quarter faster.
  if (5 * u64{replicas} < 4 * by_cores * rounds) {
    const std::vector<Split::Range> ranges = ranges_of(core_costs, by_cores);
    return {Split::cores, static_cast<u32>(ranges.size()), replicas, ranges};
  }
  Split split;
  const u64 lanes = std::min(u64{most_lanes}, divide_up(rounds, lane_replicas));  // of a thread
  split.replicas_each = static_cast<u32>(divide_up(rounds, lanes));
  for (u64 first = 0; first < replicas; first += split.replicas_each) {
    const u64 end = std::min(u64{replicas}, first + split.replicas_each);
    split.ranges.push_back({static_cast<u32>(first), static_cast<u32>(end)});
  }
  split.threads = std::min(by_replicas, split.lanes());
  return split;
}

}  // namespace spikefab::sim::cpu
