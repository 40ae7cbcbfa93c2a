#include "mapper/mapping/core_traffic.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/mix.h"

namespace spikefab {
namespace {

// The cores that a source reaches, but its own, ascending; and whether it reaches that.
struct Reach {
  std::vector<u32> cores;
  bool local = false;
};

class ReachFinder {
 public:
  ReachFinder(const SpikeGraph& graph, const Partition& partition)
      : graph_(graph), partition_(partition), seen_(partition.cores, ~u32{0}) {}

  void find(u32 neuron, Reach& reach) {
    const u32 own = partition_.core[neuron];
    reach.cores.clear();
    reach.local = false;
    u32 last = own;  // targets side by side mostly live on one core
    for (const u32 target : graph_.targets_of(graph_.inputs + neuron)) {
      const u32 core = partition_.core[target];
      reach.local |= core == own;
      if (core == last || core == own) continue;
      last = core;
      if (std::exchange(seen_[core], neuron) != neuron) reach.cores.push_back(core);
    }
    std::sort(reach.cores.begin(), reach.cores.end());
  }

 private:
  const SpikeGraph& graph_;
  const Partition& partition_;
  std::vector<u32> seen_;  // [core] the last neuron that reached it
};

u64 hash_of(const std::vector<u32>& cores) {
  u64 hash = cores.size();
  for (const u32 core : cores) hash = mix64(hash ^ core);
  return hash;
}

// Neurons, core by core, each core's in ascending order.
std::vector<u32> neurons_by_core(const Partition& partition, std::vector<u64>& begin) {
  begin.assign(u64{partition.cores} + 1, 0);
  for (const u32 core : partition.core) ++begin[core + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<u32> neurons(partition.core.size());
  std::vector<u64> next(begin.begin(), begin.end() - 1);
  for (u32 n = 0; n < neurons.size(); ++n) neurons[next[partition.core[n]]++] = n;
  return neurons;
}

// Puts the neurons of a core into classes.
class Classes {
 public:
  explicit Classes(CoreTraffic& out) : out_(out) {}

  void begin_core() { of_hash_.clear(); }

  void add(u32 core, const Reach& reach, double rate) {
    TrafficClass& found = out_.classes[find(core, reach.cores)];
    found.local |= reach.local;
    ++found.neurons;
    found.rate += rate;
  }

 private:
  u64 find(u32 core, const std::vector<u32>& cores) {
    const u64 hash = hash_of(cores);
    const auto [begin, end] = of_hash_.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      const auto other = out_.targets_of(it->second);
      if (std::equal(other.begin(), other.end(), cores.begin(), cores.end())) return it->second;
    }
    const u64 added = out_.classes.size();
    of_hash_.emplace(hash, added);
    out_.classes.push_back({core, false, 0, 0});
    out_.target.insert(out_.target.end(), cores.begin(), cores.end());
    out_.target_begin.push_back(out_.target.size());
    return added;
  }

  CoreTraffic& out_;
  std::unordered_multimap<u64, u64> of_hash_;  // of a set of cores: classes of the core
};

}  // namespace

CoreTraffic traffic_of(const SpikeGraph& graph, const Partition& partition) {
  SPIKEFAB_ASSERT(partition.core.size() == graph.neurons);
  CoreTraffic traffic;
  traffic.cores = partition.cores;
  std::vector<u64> begin;
  const std::vector<u32> neurons = neurons_by_core(partition, begin);
  ReachFinder finder(graph, partition);
  Classes classes(traffic);
  Reach reach;
  for (u32 core = 0; core < partition.cores; ++core) {
    classes.begin_core();
    for (u64 i = begin[core]; i < begin[core + 1]; ++i) {
      finder.find(neurons[i], reach);
      classes.add(core, reach, double{graph.rate[graph.inputs + neurons[i]]});
    }
  }
  return traffic;
}

CoreFlows flows_of(const CoreTraffic& traffic) {
  // Both directions of each pair, counted, then added up core by core.
  std::vector<u64> begin(u64{traffic.cores} + 1);
  const auto for_each_pair = [&](const auto& visit) {
    for (u64 i = 0; i < traffic.classes.size(); ++i) {
      for (const u32 target : traffic.targets_of(i)) {
        visit(traffic.classes[i].core, target, traffic.classes[i].rate);
        visit(target, traffic.classes[i].core, traffic.classes[i].rate);
      }
    }
  };
  for_each_pair([&](u32 from, u32, double) { ++begin[from + 1]; });
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<u32> other(begin.back());
  std::vector<double> flow(begin.back());
  std::vector<u64> next(begin.begin(), begin.end() - 1);
  for_each_pair([&](u32 from, u32 to, double rate) {
    other[next[from]] = to;
    flow[next[from]++] = rate;
  });

  CoreFlows flows;
  flows.cores = traffic.cores;
  std::vector<double> sum(traffic.cores);
  std::vector<u32> found;
  for (u32 core = 0; core < traffic.cores; ++core) {
    found.clear();
    for (u64 i = begin[core]; i < begin[core + 1]; ++i) {
      if (sum[other[i]] == 0) found.push_back(other[i]);
      sum[other[i]] += flow[i];
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const u32 to : found) {
      flows.other.push_back(to);
      flows.flow.push_back(std::exchange(sum[to], 0));
    }
    flows.begin.push_back(flows.other.size());
  }
  return flows;
}

}  // namespace spikefab
