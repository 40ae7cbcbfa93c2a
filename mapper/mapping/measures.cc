#include "mapper/mapping/measures.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

// Counts what the partition alone decides, source by source.
class PartitionCounter {
 public:
  PartitionCounter(const SpikeGraph& graph, const Partition& partition)
      : graph_(graph),
        partition_(partition),
        last_source_(partition.cores, none),
        axons_(partition.cores) {}

  void count(Measures& out) {
    for (u32 source = 0; source < graph_.sources(); ++source) {
      const bool is_input = source < graph_.inputs;
      const u32 own = is_input ? none : partition_.core[source - graph_.inputs];
      u64 cut = 0;
      const u32 cores = count_cores(source, own, cut);
      if (is_input) continue;
      const u32 others = cores - (last_source_[own] == source);
      const double rate{graph_.rate[source]};
      out.edge_cut += rate * static_cast<double>(cut);
      out.max_reach = std::max(out.max_reach, others);
      reach_ += others;
      if (cores < 2) continue;
      ++out.single.sources;
      out.single.copies += cores;
      out.single.cost += rate * (cores - 1);
    }
    out.single.extra_neurons = out.single.copies - out.single.sources;
    if (graph_.neurons > 0) out.mean_reach = static_cast<double>(reach_) / graph_.neurons;
    count_axons(out);
  }

 private:
  // Cores that hear the source; `cut`: synapses to other cores than its own.
  u32 count_cores(u32 source, u32 own, u64& cut) {
    u32 cores = 0;
    u32 last = none;  // targets side by side mostly live on one core
    for (const u32 target : graph_.targets_of(source)) {
      const u32 core = partition_.core[target];
      cut += core != own;
      if (core == last) continue;
      last = core;
      if (std::exchange(last_source_[core], source) == source) continue;
      ++axons_[core];
      ++cores;
    }
    return cores;
  }

  void count_axons(Measures& out) const {
    if (axons_.empty()) return;
    out.max_axons = *std::max_element(axons_.begin(), axons_.end());
    const u64 sum = std::accumulate(axons_.begin(), axons_.end(), u64{0});
    out.mean_axons = static_cast<double>(sum) / static_cast<double>(axons_.size());
  }

  const SpikeGraph& graph_;
  const Partition& partition_;
  std::vector<u32> last_source_;  // [core] that it was found to hear
  std::vector<u64> axons_;        // [core]
  u64 reach_ = 0;
};

double deliveries_of(const CoreTraffic& traffic) {
  double sum = 0;
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    sum += traffic.classes[i].rate * static_cast<double>(traffic.targets_of(i).size());
  }
  return sum;
}

RoutingTables tables_of(const RoutedTraffic& routed) {
  RoutingTables tables;
  for (std::size_t tile = 0; tile < routed.table_entries.size(); ++tile) {
    tables.entries += routed.table_entries[tile];
    tables.max_entries = std::max(tables.max_entries, routed.table_entries[tile]);
    tables.routers += routed.tree_routers[tile];
    tables.max_routers = std::max(tables.max_routers, routed.tree_routers[tile]);
  }
  return tables;
}

Utilisation utilisation_of(const ResourceUse& use) {
  SPIKEFAB_ASSERT(use.have > 0);
  Utilisation out{use.name, 0, 0, 0, 0};
  if (use.used.empty()) return out;
  const auto [min, max] = std::minmax_element(use.used.begin(), use.used.end());
  const u64 sum = std::accumulate(use.used.begin(), use.used.end(), u64{0});
  const double have = static_cast<double>(use.have);
  out.mean = static_cast<double>(sum) / (have * static_cast<double>(use.used.size()));
  out.min = static_cast<double>(*min) / have;
  out.max = static_cast<double>(*max) / have;
  out.fragmentation = 1 - out.mean;
  return out;
}

}  // namespace

Measures measure(const SpikeGraph& graph, const Partition& partition, const CoreTraffic& traffic,
                 const Tiles& tiles, const TileOfCore& tile_of_core, const RoutedTraffic& routed,
                 const MeasureOptions& options) {
  Measures out;
  out.cores = partition.cores;
  PartitionCounter(graph, partition).count(out);
  out.deliveries = deliveries_of(traffic);
  out.latency = latency_of(traffic, tiles, tile_of_core, options.costs);
  double compute_ns = 0;
  for (const double ns : options.compute_ns) compute_ns = std::max(compute_ns, ns);
  const auto figures = [&](Cast cast) {
    return cast_figures(cast, routed, traffic, tiles, tile_of_core, options.costs, out.latency,
                        compute_ns);
  };
  out.unicast = figures(Cast::unicast);
  out.tree = figures(Cast::tree);
  if (out.unicast.hops > 0) out.multicast_gain = out.tree.hops / out.unicast.hops;
  out.single.cost += out.unicast.hops;
  out.tables = tables_of(routed);
  for (const ResourceUse& use : options.uses) out.utilisation.push_back(utilisation_of(use));
  return out;
}

Measures measure(const SpikeGraph& graph, const Partition& partition, const CoreTraffic& traffic,
                 const Tiles& tiles, const TileOfCore& tile_of_core,
                 const MeasureOptions& options) {
  return measure(graph, partition, traffic, tiles, tile_of_core,
                 route(traffic, tiles, tile_of_core), options);
}

}  // namespace spikefab
