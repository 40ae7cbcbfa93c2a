// Bounds are never above what the best mapping has, found by trying all of them.
#include "mapper/mapping/bounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "mapper/mapping/core_space.h"
#include "mapper/mapping/measures.h"
#include "tests/support/random_mapping.h"

namespace spikefab::test {
namespace {

constexpr double rounding = 1e-9;

// The best of all placements in one measure each.
struct Best {
  double unicast_hops = std::numeric_limits<double>::infinity();
  double tree_hops = std::numeric_limits<double>::infinity();
  double unicast_link = std::numeric_limits<double>::infinity();
  double tree_link = std::numeric_limits<double>::infinity();
};

// `visit(tile_of_core)` for each placement.
template <class Visit>
void for_each_placement(const Tiles& tiles, u32 cores, const Visit& visit) {
  std::vector<u32> order = tiles.usable;
  do {
    visit(TileOfCore(order.begin(), order.begin() + cores));
    std::reverse(order.begin() + cores, order.end());  // the others do not matter
  } while (std::next_permutation(order.begin(), order.end()));
}

double busiest_link(const LinkLoads& loads) {
  return *std::max_element(loads.link.begin(), loads.link.end());
}

Best best_of(const CoreTraffic& traffic, const Tiles& tiles) {
  Best best;
  for_each_placement(tiles, traffic.cores, [&](const TileOfCore& tile_of_core) {
    const RoutedTraffic routed = route(traffic, tiles, tile_of_core);
    best.unicast_hops = std::min(best.unicast_hops, routed.unicast.all_hops());
    best.tree_hops = std::min(best.tree_hops, routed.tree.all_hops());
    best.unicast_link = std::min(best.unicast_link, busiest_link(routed.unicast));
    best.tree_link = std::min(best.tree_link, busiest_link(routed.tree));
    const double placed = placed_trees_bound(traffic, tiles, tile_of_core).value;
    EXPECT_LE(placed, routed.tree.all_hops());
    EXPECT_GE(placed, delivered_hops_bound(traffic).value);
  });
  return best;
}

Tiles small_mesh(RandomStream& random) {
  const Tiles choices[] = {whole_mesh(2, 2),    whole_mesh(3, 2), torus_of(3, 2), whole_mesh(5, 1),
                           whole_mesh(2, 1, 3), torus_of(5, 1),   torus_of(2, 2), whole_mesh(3, 3)};
  Tiles tiles = choices[below(random, std::size(choices))];
  while (tiles.usable.size() > 6) {  // some are faulty
    tiles.usable.erase(tiles.usable.begin() +
                       below(random, 9) % static_cast<u32>(tiles.usable.size()));
  }
  return tiles;
}

TEST(Bounds, AreNotAboveTheBestPlacement) {
  for (u64 seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed);
    const Tiles tiles = small_mesh(random);
    const u32 cores = 2 + below(random, static_cast<u32>(tiles.usable.size()) - 1);
    const SpikeGraph graph = random_graph(random, 2, cores * 6, 1 + below(random, 4));
    const CoreTraffic traffic = traffic_of(graph, random_partition(random, cores * 6, cores));
    const CoreFlows flows = flows_of(traffic);

    const Best best = best_of(traffic, tiles);
    const Bounds bounds =
        bounds_of(graph, 100, traffic, flows, tiles, random_placement(random, tiles, cores));
    const Bound star = star_bound(flows, tiles);

    EXPECT_EQ(bounds.unicast_hops.kind, BoundKind::gilmore_lawler);
    EXPECT_LE(bounds.unicast_hops.value, best.unicast_hops * (1 + rounding));
    EXPECT_LE(star.value, bounds.unicast_hops.value * (1 + rounding));
    EXPECT_LE(delivered_hops_bound(traffic).value, star.value * (1 + rounding));
    EXPECT_LE(bounds.tree_hops.value, best.tree_hops);
    EXPECT_LE(bounds.unicast_link.value, best.unicast_link * (1 + rounding));
    EXPECT_LE(bounds.tree_link.value, best.tree_link * (1 + rounding));
    EXPECT_GT(bounds.unicast_link.value, 0);
  }
}

// Seven cores, all 5,040 placements.
TEST(Bounds, AreNotAboveTheBestPlacementOfSevenCores) {
  RandomStream random(11);
  const Tiles tiles = whole_mesh(7, 1);
  const SpikeGraph graph = random_graph(random, 0, 40, 2);
  const CoreTraffic traffic = traffic_of(graph, random_partition(random, 40, 7));
  const CoreFlows flows = flows_of(traffic);

  const Best best = best_of(traffic, tiles);

  EXPECT_LE(gilmore_lawler_bound(flows, tiles).value, best.unicast_hops * (1 + rounding));
  EXPECT_GE(gilmore_lawler_bound(flows, tiles).value, best.unicast_hops / 2);
}

// The definition: flows sorted, distances sorted, products.
double naive_star(const CoreFlows& flows, const Tiles& tiles) {
  std::vector<u32> nearest(tiles.size() - 1, ~0u);
  for (u32 from = 0; from < tiles.size(); ++from) {
    std::vector<u32> distances;
    for (u32 to = 0; to < tiles.size(); ++to) {
      if (to != from) distances.push_back(tiles.hops(from, to));
    }
    std::sort(distances.begin(), distances.end());
    for (std::size_t i = 0; i < distances.size(); ++i) {
      nearest[i] = std::min(nearest[i], distances[i]);
    }
  }
  double sum = 0;
  for (u32 core = 0; core < flows.cores; ++core) {
    std::vector<double> sorted(flows.flow.begin() + static_cast<i64>(flows.begin[core]),
                               flows.flow.begin() + static_cast<i64>(flows.begin[core + 1]));
    std::sort(sorted.rbegin(), sorted.rend());
    for (std::size_t i = 0; i < sorted.size(); ++i) sum += sorted[i] * nearest[i];
  }
  return sum / 2;
}

TEST(Bounds, TheStarIsThatOfTheBestTile) {
  for (const Tiles& tiles : {whole_mesh(4, 5), torus_of(4, 5), whole_mesh(3, 2, 4), torus_of(20, 1),
                             whole_mesh(20, 1), torus_of(2, 3, 4)}) {
    RandomStream random(3);
    const SpikeGraph graph = random_graph(random, 0, 150, 8);
    const CoreFlows flows = flows_of(traffic_of(graph, random_partition(random, 150, 20)));

    EXPECT_DOUBLE_EQ(star_bound(flows, tiles).value, naive_star(flows, tiles));
  }
}

TEST(Bounds, GilmoreLawlerIsExactForAStar) {
  // Core 0 talks with four others, 10 spikes each.
  CoreFlows flows;
  flows.cores = 5;
  flows.begin = {0, 4, 5, 6, 7, 8};
  flows.other = {1, 2, 3, 4, 0, 0, 0, 0};
  flows.flow.assign(8, 10);

  EXPECT_EQ(gilmore_lawler_bound(flows, whole_mesh(3, 3)).value, 40);
  // On a line, the middle has two neighbours at 1 and two at 2 hops: 60, of which half is seen by
  // the middle; the others see 1 hop each.
  EXPECT_EQ(gilmore_lawler_bound(flows, whole_mesh(5, 1)).value, 30 + 20);
  EXPECT_EQ(star_bound(flows, whole_mesh(5, 1)).value, 30 + 20);
}

TEST(Bounds, TheStarIsUsedWhereAnAssignmentTakesTooLong) {
  CoreFlows flows;
  flows.cores = 1501;
  flows.begin.assign(1502, 2);
  flows.begin[0] = 0;
  flows.begin[1] = 1;
  flows.other = {1, 0};
  flows.flow = {3, 3};

  const Bound bound = unicast_hops_bound(flows, whole_mesh(1501, 1));

  EXPECT_EQ(bound.kind, BoundKind::star);
  EXPECT_EQ(bound.value, 3);
}

// What links a class of core 0 needs at least if its targets are on these tiles.
double placed_bound(const Tiles& tiles, u32 from, std::vector<u32> to) {
  CoreTraffic traffic;
  traffic.cores = static_cast<u32>(to.size()) + 1;
  traffic.classes = {{0, false, 1, 1}};
  for (u32 core = 1; core < traffic.cores; ++core) traffic.target.push_back(core);
  traffic.target_begin = {0, to.size()};
  TileOfCore tile_of_core = {from};
  tile_of_core.insert(tile_of_core.end(), to.begin(), to.end());
  return placed_trees_bound(traffic, tiles, tile_of_core).value;
}

TEST(Bounds, OfPlacedTreesByHand) {
  EXPECT_EQ(placed_bound(whole_mesh(4, 4), 0, {15}), 6);          // the way there
  EXPECT_EQ(placed_bound(whole_mesh(4, 4), 0, {3, 12}), 6);       // the box
  EXPECT_EQ(placed_bound(whole_mesh(4, 4), 5, {4, 6, 1, 9}), 4);  // a link for each
  EXPECT_EQ(placed_bound(torus_of(4, 4), 0, {15}), 2);            // around
  EXPECT_EQ(placed_bound(torus_of(8, 1), 0, {2, 6}), 4);          // all but the gap of 4
  EXPECT_EQ(placed_bound(whole_mesh(2, 2, 3), 0, {11}), 4);       // up
  // Corners and middles of sides of 7 x 7: the spanning tree has 21 links, two thirds are 14.
  EXPECT_EQ(placed_bound(whole_mesh(7, 7), 0, {3, 6, 21, 27, 42, 45, 48}), 14);
}

// Points joined to groups, the closest first.
u64 naive_spanning_tree(const Tiles& tiles, const std::vector<u32>& points) {
  std::vector<std::size_t> group(points.size());
  std::iota(group.begin(), group.end(), 0);
  u64 sum = 0;
  for (u32 hops = 1; hops < tiles.width + tiles.height; ++hops) {
    for (std::size_t a = 0; a < points.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        if (tiles.hops(points[a], points[b]) != hops || group[a] == group[b]) continue;
        std::replace(group.begin(), group.end(), std::size_t{group[a]}, std::size_t{group[b]});
        sum += hops;
      }
    }
  }
  return sum;
}

TEST(Bounds, OfPlacedTreesAreTwoThirdsOfTheShortestSpanningTree) {
  const Tiles tiles = whole_mesh(30, 30);
  for (u64 seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed);
    const TileOfCore points = random_placement(random, tiles, 25 + below(random, 15));
    const std::vector<u32> targets(points.begin() + 1, points.end());

    const u64 spanning = naive_spanning_tree(tiles, points);

    ASSERT_GT(spanning, 3 * (30u + 30) / 2) << "the box is longer";
    EXPECT_EQ(placed_bound(tiles, points[0], targets), divide_up(2 * spanning, 3));
  }
}

TEST(Bounds, OfCoresCountLayersThatShareNone) {
  const std::vector<ResourceDemand> demands = {{"neurons", 10, {11, 5, 5}},
                                               {"synapses", 100, {50, 250, 10}}};

  const Bound shared = core_bound(demands, CoreSharing::any_layers);
  const Bound apart = core_bound(demands, CoreSharing::one_layer);

  EXPECT_EQ(shared.value, 4);         // 310 synapses
  EXPECT_EQ(apart.value, 2 + 3 + 1);  // neurons, synapses, either
  EXPECT_EQ(shared.kind, BoundKind::demand);
  EXPECT_EQ(core_bound({}, CoreSharing::one_layer).value, 0);
}

TEST(Bounds, OfDeliveriesAreOfTargetsThatDoNotFitOnACore) {
  // Neuron 0 has targets 1 to 4, neuron 1 itself and neuron 2.
  GraphBuilder builder("five", {{"layer", {5}, 0, 5}}, 0);
  std::vector<std::vector<u32>> targets = {{1, 2, 3, 4}, {1, 2}};
  for (std::vector<u32>& of_source : targets) builder.add_source(of_source);
  SpikeGraph graph = builder.build();
  graph.rate[0] = 3;

  EXPECT_EQ(deliveries_bound(graph, 5).value, 0);
  EXPECT_EQ(deliveries_bound(graph, 4).value, 3);
  EXPECT_EQ(deliveries_bound(graph, 2).value, 6);  // neurons 1 and 2 fit
  EXPECT_EQ(deliveries_bound(graph, 1).value, 12 + 1);
  EXPECT_EQ(deliveries_bound(graph, no_limit).value, 0);
}

TEST(Bounds, OfDeliveriesAreNotAboveRandomPartitions) {
  for (u64 seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed);
    const SpikeGraph graph = random_graph(random, 3, 40, 10);
    const Partition partition = random_partition(random, 40, 2 + below(random, 10));
    std::vector<u32> size(partition.cores);
    for (const u32 core : partition.core) ++size[core];

    const Bound bound = deliveries_bound(graph, *std::max_element(size.begin(), size.end()));

    EXPECT_LE(bound.value, delivered_hops_bound(traffic_of(graph, partition)).value);
  }
}

TEST(Bounds, SayHowFarAFigureIsFromThem) {
  EXPECT_EQ(times_bound(6, {4, BoundKind::star}), 1.5);
  EXPECT_EQ(times_bound(0, {0, BoundKind::star}), 1.0);
  EXPECT_EQ(times_bound(6, {0, BoundKind::star}), std::nullopt);
  EXPECT_EQ(name_of(BoundKind::gilmore_lawler), "Gilmore-Lawler");
  EXPECT_EQ(name_of(BoundKind::links_of_core), "links of a core");
}

}  // namespace
}  // namespace spikefab::test
