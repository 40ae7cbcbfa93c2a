// Measures of a mapping against sums over routes and neurons one by one, and against figures that
// are checked by hand.
#include "mapper/mapping/measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "tests/support/naive_routes.h"

namespace spikefab::test {
namespace {

constexpr u64 cases = 80;

TEST(Measures, OfThePartitionAreThoseOfNeurons) {
  for (u64 seed = 1; seed <= cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const MappingCase c = random_mapping_case(seed);
    double cut = 0, deliveries = 0, extra_spikes = 0, hops = 0;
    u64 reach = 0, sources = 0, copies = 0;
    std::size_t max_reach = 0;
    std::vector<std::set<u32>> axons(c.partition.cores);
    for (u32 source = 0; source < c.graph.sources(); ++source) {
      std::set<u32> cores;
      const bool is_input = source < c.graph.inputs;
      const u32 own = is_input ? ~0u : c.partition.core[source - c.graph.inputs];
      const double rate = is_input ? 0 : double{c.graph.rate[source]};
      for (const u32 target : c.graph.targets_of(source)) {
        const u32 core = c.partition.core[target];
        axons[core].insert(source);
        cores.insert(core);
        if (core != own) cut += rate;
      }
      if (is_input) continue;
      if (cores.size() > 1) {
        ++sources;
        copies += cores.size();
        extra_spikes += rate * static_cast<double>(cores.size() - 1);
      }
      cores.erase(own);
      for (const u32 core : cores) hops += rate * c.tiles.hops(c.tile_of[own], c.tile_of[core]);
      deliveries += rate * static_cast<double>(cores.size());
      reach += cores.size();
      max_reach = std::max(max_reach, cores.size());
    }
    std::size_t max_axons = 0, all_axons = 0;
    for (const std::set<u32>& of_core : axons) {
      max_axons = std::max(max_axons, of_core.size());
      all_axons += of_core.size();
    }

    const Measures m = measure(c.graph, c.partition, c.traffic, c.tiles, c.tile_of);

    EXPECT_EQ(m.cores, c.partition.cores);
    EXPECT_EQ(m.edge_cut, cut);
    EXPECT_EQ(m.deliveries, deliveries);
    EXPECT_EQ(m.max_reach, max_reach);
    EXPECT_DOUBLE_EQ(m.mean_reach * c.graph.neurons, static_cast<double>(reach));
    EXPECT_EQ(m.max_axons, max_axons);
    EXPECT_DOUBLE_EQ(m.mean_axons * c.partition.cores, static_cast<double>(all_axons));
    EXPECT_EQ(m.unicast.hops, hops);
    EXPECT_EQ(m.unicast.packets, deliveries);
    EXPECT_EQ(m.single.sources, sources);
    EXPECT_EQ(m.single.copies, copies);
    EXPECT_EQ(m.single.extra_neurons, copies - sources);
    EXPECT_EQ(m.single.cost, hops + extra_spikes);
  }
}

// Of all links that exist, listed by hand-made rules.
LoadFigures naive_figures(const std::map<std::pair<u32, u32>, double>& loads, u64 links) {
  double max = 0, sum = 0, squares = 0;
  for (const auto& [link, load] : loads) {
    max = std::max(max, load);
    sum += load;
    squares += load * load;
  }
  if (sum == 0) return {};
  const double count = static_cast<double>(links);
  const double mean = sum / count;
  return {max, mean, std::sqrt(std::max(squares / count - mean * mean, 0.0)) / mean};
}

TEST(Measures, LoadsAreOfAllLinksThatExist) {
  for (u64 seed = 1; seed <= cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const MappingCase c = random_mapping_case(seed);
    const NaiveLoads naive = naive_loads(c.traffic, c.tiles, c.tile_of);
    const u64 links = Links(c.tiles).count();

    const Measures m = measure(c.graph, c.partition, c.traffic, c.tiles, c.tile_of);

    for (const auto& [figures, loads] :
         {std::pair(m.unicast.links, naive.unicast), std::pair(m.tree.links, naive.tree)}) {
      const LoadFigures expected = naive_figures(loads, links);
      EXPECT_EQ(figures.max, expected.max);
      EXPECT_DOUBLE_EQ(figures.mean, expected.mean);
      EXPECT_NEAR(figures.variation, expected.variation, 1e-6);
    }
    const double gain = naive.unicast_hops == 0 ? 1 : naive.tree_hops / naive.unicast_hops;
    EXPECT_DOUBLE_EQ(m.multicast_gain, gain);
  }
}

// Figures of a chip that are easy to reckon with.
HopCosts simple_costs() {
  HopCosts costs;
  costs.hop_ns = {1, 10, 100};
  costs.hop_pj = {2, 3, 5};
  costs.router_ns = 0.5;
  costs.router_pj = 7;
  costs.inject_ns = 4;
  costs.inject_pj = 11;
  costs.eject_ns = 8;
  costs.eject_pj = 13;
  costs.link_busy_ns = {1, 2, 4};
  costs.inject_busy_ns = 3;
  costs.eject_busy_ns = 6;
  costs.sync_ns = 1000;
  costs.step_ns = 4000;
  return costs;
}

TEST(Measures, EnergyAndTimeByHand) {
  const CoreTraffic traffic = middle_to_corners();
  const Tiles tiles = whole_mesh(3, 3);
  const TileOfCore tile_of = in_order(9);
  const HopCosts costs = simple_costs();
  const RoutedTraffic routed = route(traffic, tiles, tile_of);

  const Latency latency = latency_of(traffic, tiles, tile_of, costs);
  const auto figures = [&](Cast cast, double compute_ns) {
    return cast_figures(cast, routed, traffic, tiles, tile_of, costs, latency, compute_ns);
  };
  const CastFigures unicast = figures(Cast::unicast, 0);
  const CastFigures tree = figures(Cast::tree, 0);

  EXPECT_EQ(latency.average_ns, 4 + 1 + 10 + 3 * 0.5 + 8);
  EXPECT_EQ(latency.worst_ns, latency.average_ns);
  EXPECT_EQ(unicast.energy_pj, 8 * 11 + 8 * 2 + 8 * 3 + (16 + 8) * 7 + 8 * 13);
  EXPECT_EQ(tree.energy_pj, 2 * 11 + 4 * 2 + 8 * 3 + (12 + 8) * 7 + 8 * 13);
  EXPECT_EQ(unicast.inject.max, 8);
  EXPECT_EQ(unicast.inject.mean, 8.0 / 9);
  EXPECT_EQ(tree.inject.max, 2);
  EXPECT_EQ(tree.eject.max, 2);
  // The busiest: the port of the core in the middle, 8 spikes of 3 ns; then ports, 2 of 6 ns.
  EXPECT_EQ(unicast.congestion.utilisation, 24.0 / 4000);
  EXPECT_EQ(tree.congestion.utilisation, 12.0 / 4000);
  EXPECT_EQ(unicast.step_bound_ns, 1000 + 24.5);
  EXPECT_EQ(figures(Cast::unicast, 77).step_bound_ns, 1000 + 77);
}

TEST(Measures, SaturatedLinksHaveNoWaitingTime) {
  const CoreTraffic traffic = middle_to_corners();
  const Tiles tiles = whole_mesh(3, 3);
  const TileOfCore tile_of = in_order(9);
  const RoutedTraffic routed = route(traffic, tiles, tile_of);
  const auto congestion = [&](double step_ns) {
    HopCosts costs = simple_costs();
    costs.step_ns = step_ns;
    const Latency latency = latency_of(traffic, tiles, tile_of, costs);
    return cast_figures(Cast::unicast, routed, traffic, tiles, tile_of, costs, latency, 0)
        .congestion;
  };

  EXPECT_TRUE(congestion(24).saturated);
  EXPECT_FALSE(congestion(24).average_ns);
  EXPECT_FALSE(congestion(24).worst_ns);
  EXPECT_FALSE(congestion(24.001).saturated);
  EXPECT_GT(*congestion(24.001).average_ns, 1000);
}

TEST(Measures, WaitingTimesAreThoseOfQueuesOnTheWay) {
  const HopCosts costs = simple_costs();
  const auto wait = [&](double load, double busy_ns) {
    const double rho = load * busy_ns / costs.step_ns;
    return rho / (2 * (1 - rho)) * busy_ns;
  };
  for (u64 seed = 1; seed <= cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const MappingCase c = random_mapping_case(seed);
    const RoutedTraffic routed = route(c.traffic, c.tiles, c.tile_of);
    const Links links(c.tiles);

    const Measures m =
        measure(c.graph, c.partition, c.traffic, c.tiles, c.tile_of, {costs, {}, {}});

    for (const Cast cast : {Cast::unicast, Cast::tree}) {
      const LinkLoads& loads = cast == Cast::unicast ? routed.unicast : routed.tree;
      double worst = 0, sum = 0, deliveries = 0;
      for (u64 i = 0; i < c.traffic.classes.size(); ++i) {
        for (const u32 core : c.traffic.targets_of(i)) {
          const u32 from = c.tile_of[c.traffic.classes[i].core];
          const u32 to = c.tile_of[core];
          double ns = costs.inject_ns + costs.eject_ns + costs.router_ns +
                      wait(loads.inject[from], costs.inject_busy_ns) +
                      wait(loads.eject[to], costs.eject_busy_ns);
          for (const NaiveLink& link : naive_route(c.tiles, from, to)) {
            const u32 axis = link.direction / 2;
            ns +=
                costs.hop_ns[axis] + costs.router_ns +
                wait(loads.link[links.number(link.direction, link.tile)], costs.link_busy_ns[axis]);
          }
          worst = std::max(worst, ns);
          sum += ns * c.traffic.classes[i].rate;
          deliveries += c.traffic.classes[i].rate;
        }
      }
      const Congestion& found = (cast == Cast::unicast ? m.unicast : m.tree).congestion;
      ASSERT_FALSE(found.saturated);
      EXPECT_DOUBLE_EQ(*found.worst_ns, worst);
      EXPECT_NEAR(*found.average_ns, deliveries > 0 ? sum / deliveries : 0, 1e-9 * worst);
    }
  }
}

TEST(Measures, UtilisationIsPartOfWhatCoresHave) {
  const MappingCase c = random_mapping_case(1);
  const ResourceUse use = {"neurons", 10, {10, 5, 0}};

  const Measures m = measure(c.graph, c.partition, c.traffic, c.tiles, c.tile_of, {{}, {use}, {}});

  ASSERT_EQ(m.utilisation.size(), 1u);
  EXPECT_EQ(m.utilisation[0].name, "neurons");
  EXPECT_EQ(m.utilisation[0].mean, 0.5);
  EXPECT_EQ(m.utilisation[0].min, 0);
  EXPECT_EQ(m.utilisation[0].max, 1);
  EXPECT_EQ(m.utilisation[0].fragmentation, 0.5);
}

TEST(Measures, OfOneCoreAreZero) {
  RandomStream random(5);
  const SpikeGraph graph = random_graph(random, 4, 20, 3);
  const Partition partition = {1, std::vector<u32>(20, 0)};

  const Measures m = measure(graph, partition, traffic_of(graph, partition), whole_mesh(1, 1), {0});

  EXPECT_EQ(m.cores, 1u);
  EXPECT_EQ(m.edge_cut, 0);
  EXPECT_EQ(m.deliveries, 0);
  EXPECT_EQ(m.unicast.hops, 0);
  EXPECT_EQ(m.multicast_gain, 1);
  EXPECT_EQ(m.latency.worst_ns, 0);
  EXPECT_EQ(m.unicast.energy_pj, 0);
  EXPECT_FALSE(m.tree.congestion.saturated);
  EXPECT_EQ(m.single.sources, 0u);
}

}  // namespace
}  // namespace spikefab::test
