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
    const auto share = std::upper_bound(until.begin(), until.end(), total * lane / lanes);
    const auto end = static_cast<u32>(share - until.begin());
    if (end > first) ranges.push_back({first, end});
    first = end;
  }
  return ranges;
}

// An update costs what a core has neurons, and a part of it what they are connected to.
std::vector<u64> core_costs(const Program& program) {
  std::vector<u64> cost;
  for (u32 c = 0; c < program.cores(); ++c) {
    cost.push_back(1 + u64{program.neuron_words(c)} * (4 + program.chip.axon_words()));
  }
  return cost;
}

}  // namespace

u32 Split::owner(u32 core) const {
  if (of == replicas) return 0;
  const auto range =
      std::find_if(ranges.begin(), ranges.end() - 1, [&](const Range& r) { return core < r.end; });
  return static_cast<u32>(range - ranges.begin());
}

Split split_work(const Program& program, u32 replicas, u32 threads) {
  const u32 by_cores = std::clamp(threads, u32{1}, std::max(program.cores(), u32{1}));
  const u32 by_replicas = std::min(threads, replicas);
  const u64 rounds = divide_up(replicas, by_replicas);
  // Lanes of replicas need no barrier: taken unless lanes of cores are a quarter faster.
  if (5 * u64{replicas} < 4 * by_cores * rounds) {
    const std::vector<Split::Range> ranges = ranges_of(core_costs(program), by_cores);
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
