#include "mapper/mapping/bounds.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "mapper/mapping/assignment.h"
#include "mapper/mapping/link_load.h"

namespace spikefab {
namespace {

// What Gilmore-Lawler may take: an assignment of 1,500 cores to as many tiles takes seconds.
constexpr double most_assignment_steps = 1500.0 * 1500.0 * 1500.0;
constexpr u64 most_assignment_costs = u64{1} << 24;  // 128 MiB

// Of each core, what flows to all others but those of the largest flows: [how many of those].
std::vector<std::vector<double>> flows_beyond(const CoreFlows& flows) {
  std::vector<std::vector<double>> out(flows.cores);
  for (u32 core = 0; core < flows.cores; ++core) {
    const auto begin = flows.flow.begin();
    out[core].assign(begin + static_cast<std::ptrdiff_t>(flows.begin[core]),
                     begin + static_cast<std::ptrdiff_t>(flows.begin[core + 1]));
    std::sort(out[core].begin(), out[core].end(), std::greater<>());
    for (std::size_t i = out[core].size(); i-- > 1;) out[core][i - 1] += out[core][i];
  }
  return out;
}

// How many of these tiles, but itself, are closer to a tile than 1, 2, ... hops.
std::vector<std::size_t> tiles_within(const Tiles& tiles, u32 from,
                                      const std::vector<u32>& others) {
  std::vector<std::size_t> at_distance(std::size_t{tiles.width} + tiles.height + tiles.depth);
  for (const u32 tile : others) ++at_distance[tiles.hops(from, tile)];
  at_distance[0] = 0;
  std::partial_sum(at_distance.begin(), at_distance.end(), at_distance.begin());
  return at_distance;
}

// The sum of flows times distances, the largest flow to the nearest tile and so on: of each hop,
// what goes beyond the tiles that are closer.
double closest(const std::vector<double>& beyond, const std::vector<std::size_t>& within) {
  double sum = 0;
  for (const std::size_t closer : within) {
    if (closer >= beyond.size()) break;
    sum += beyond[closer];
  }
  return sum;
}

bool assignment_takes_too_long(u64 cores, u64 tiles) {
  if (cores * tiles > most_assignment_costs) return true;
  return static_cast<double>(cores) * static_cast<double>(cores) * static_cast<double>(tiles) >
         most_assignment_steps;
}

// Spikes that each core sends and hears per tick, the larger of both of the busiest core.
// `packets(class)`: how many of each spike leave.
template <class Packets>
double busiest_core(const CoreTraffic& traffic, const Packets& packets) {
  std::vector<double> sent(traffic.cores);
  std::vector<double> heard(traffic.cores);
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    const TrafficClass& sources = traffic.classes[i];
    sent[sources.core] += sources.rate * packets(i);
    for (const u32 core : traffic.targets_of(i)) heard[core] += sources.rate;
  }
  double busiest = 0;
  for (u32 core = 0; core < traffic.cores; ++core) {
    busiest = std::max({busiest, sent[core], heard[core]});
  }
  return busiest;
}

Bound link_bound(const Tiles& tiles, const Bound& hops, double busiest) {
  const Links links(tiles);
  if (links.count() == 0) return {0, BoundKind::mean_link};
  const double mean = hops.value / static_cast<double>(links.count());
  const double of_core = busiest / links.most_of_a_tile();
  if (of_core > mean) return {of_core, BoundKind::links_of_core};
  return {mean, BoundKind::mean_link};
}

}  // namespace

std::string_view name_of(BoundKind kind) {
  static constexpr std::array<std::string_view, 8> names = {
      "demand",         "out-degree", "deliveries",    "star",
      "Gilmore-Lawler", "trees",      "mean of links", "links of a core"};
  return names[static_cast<std::size_t>(kind)];
}

std::optional<double> times_bound(double figure, const Bound& bound) {
  if (bound.value > 0) return figure / bound.value;
  return figure == 0 ? std::optional(1.0) : std::nullopt;
}

Bound core_bound(const std::vector<ResourceDemand>& demands, CoreSharing sharing) {
  std::vector<u64> cores(1);  // [layer], or of all layers
  for (const ResourceDemand& demand : demands) {
    SPIKEFAB_ASSERT(demand.have > 0);
    u64 sum = 0;
    for (std::size_t layer = 0; layer < demand.of_layer.size(); ++layer) {
      sum += demand.of_layer[layer];
      if (sharing == CoreSharing::any_layers) continue;
      cores.resize(std::max(cores.size(), layer + 1));
      cores[layer] = std::max(cores[layer], divide_up(demand.of_layer[layer], demand.have));
    }
    if (sharing == CoreSharing::any_layers) {
      cores[0] = std::max(cores[0], divide_up(sum, demand.have));
    }
  }
  double sum = 0;
  for (const u64 of_layer : cores) sum += static_cast<double>(of_layer);
  return {sum, BoundKind::demand};
}

Bound deliveries_bound(const SpikeGraph& graph, u32 neurons_per_core) {
  SPIKEFAB_ASSERT(neurons_per_core > 0);
  Bound bound{0, BoundKind::out_degree};
  for (u32 neuron = 0; neuron < graph.neurons; ++neuron) {
    const auto targets = graph.targets_of(graph.inputs + neuron);
    if (targets.empty()) continue;
    const bool hears_itself = std::binary_search(targets.begin(), targets.end(), neuron);
    const u64 together = targets.size() + !hears_itself;
    const u64 others = divide_up(together, neurons_per_core) - 1;
    bound.value += double{graph.rate[graph.inputs + neuron]} * static_cast<double>(others);
  }
  return bound;
}

Bound delivered_hops_bound(const CoreTraffic& traffic) {
  Bound bound{0, BoundKind::deliveries};
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    bound.value += traffic.classes[i].rate * static_cast<double>(traffic.targets_of(i).size());
  }
  return bound;
}

// No tile has more others within any distance than the middle one of the whole mesh.
Bound star_bound(const CoreFlows& flows, const Tiles& tiles) {
  std::vector<u32> all(tiles.size());
  std::iota(all.begin(), all.end(), 0);
  const u32 middle =
      tiles.width / 2 + tiles.width * (tiles.height / 2 + tiles.height * (tiles.depth / 2));
  const std::vector<std::size_t> within = tiles_within(tiles, middle, all);
  Bound bound{0, BoundKind::star};
  for (const std::vector<double>& beyond : flows_beyond(flows)) {
    bound.value += closest(beyond, within) / 2;
  }
  return bound;
}

Bound gilmore_lawler_bound(const CoreFlows& flows, const Tiles& tiles) {
  const auto beyond = flows_beyond(flows);
  const u32 columns = static_cast<u32>(tiles.usable.size());
  std::vector<double> costs(u64{flows.cores} * columns);
  for (u32 column = 0; column < columns; ++column) {
    const auto within = tiles_within(tiles, tiles.usable[column], tiles.usable);
    for (u32 core = 0; core < flows.cores; ++core) {
      costs[u64{core} * columns + column] = closest(beyond[core], within) / 2;
    }
  }
  return {cheapest_assignment(costs, flows.cores, columns).cost, BoundKind::gilmore_lawler};
}

Bound unicast_hops_bound(const CoreFlows& flows, const Tiles& tiles) {
  if (assignment_takes_too_long(flows.cores, tiles.usable.size())) return star_bound(flows, tiles);
  return gilmore_lawler_bound(flows, tiles);
}

Bound unicast_link_bound(const CoreTraffic& traffic, const Tiles& tiles, const Bound& hops) {
  const double busiest = busiest_core(
      traffic, [&](u64 index) { return static_cast<double>(traffic.targets_of(index).size()); });
  return link_bound(tiles, hops, busiest);
}

Bound tree_link_bound(const CoreTraffic& traffic, const Tiles& tiles, const Bound& hops) {
  const double busiest = busiest_core(
      traffic, [&](u64 index) { return traffic.targets_of(index).empty() ? 0.0 : 1.0; });
  return link_bound(tiles, hops, busiest);
}

Bounds bounds_of(const SpikeGraph& graph, u32 neurons_per_core, const CoreTraffic& traffic,
                 const CoreFlows& flows, const Tiles& tiles, const TileOfCore& tile_of_core) {
  Bounds bounds;
  bounds.deliveries = deliveries_bound(graph, neurons_per_core);
  bounds.unicast_hops = unicast_hops_bound(flows, tiles);
  bounds.tree_hops = delivered_hops_bound(traffic);
  bounds.placed_tree_hops = placed_trees_bound(traffic, tiles, tile_of_core);
  bounds.unicast_link = unicast_link_bound(traffic, tiles, bounds.unicast_hops);
  bounds.tree_link = tree_link_bound(traffic, tiles, bounds.tree_hops);
  return bounds;
}

}  // namespace spikefab
