// Loads of links and tables of routers against routes walked link by link.
#include "mapper/mapping/link_load.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "tests/support/naive_routes.h"

namespace spikefab::test {
namespace {

constexpr u64 cases = 80;

std::map<std::pair<u32, u32>, double> loads_in(const std::vector<double>& link,
                                               const Tiles& tiles) {
  std::map<std::pair<u32, u32>, double> out;
  const Links links(tiles);
  for (u32 direction = 0; direction < Links::directions; ++direction) {
    for (u32 tile = 0; tile < tiles.size(); ++tile) {
      const double load = link[links.number(direction, tile)];
      if (load == 0) continue;
      EXPECT_TRUE(links.exists(links.number(direction, tile)));
      out[{direction, tile}] = load;
    }
  }
  return out;
}

void drop_zeros(std::map<std::pair<u32, u32>, double>& loads) {
  std::erase_if(loads, [](const auto& load) { return load.second == 0; });
}

TEST(LinkLoad, TreesShareTheFirstLinks) {
  const Tiles tiles = whole_mesh(3, 3);
  const Links links(tiles);

  const RoutedTraffic routed = route(middle_to_corners(), tiles, in_order(9));

  EXPECT_EQ(routed.unicast.link[links.number(0, 4)], 4);  // to the right, for two corners
  EXPECT_EQ(routed.tree.link[links.number(0, 4)], 2);
  EXPECT_EQ(routed.tree.link[links.number(2, 5)], 2);
  EXPECT_EQ(routed.unicast.hops, (std::array<double, 3>{8, 8, 0}));
  EXPECT_EQ(routed.tree.hops, (std::array<double, 3>{4, 8, 0}));
  EXPECT_EQ(routed.unicast.inject[4], 8);
  EXPECT_EQ(routed.tree.inject[4], 2);
  EXPECT_EQ(routed.tree.eject[8], 2);
}

TEST(LinkLoad, RoutersWherePacketsGoStraightOnNeedNoEntry) {
  // From the first tile of a line of four to the last one.
  CoreTraffic traffic;
  traffic.cores = 2;
  traffic.classes = {{0, false, 1, 1}};
  traffic.target = {1};
  traffic.target_begin = {0, 1};

  const RoutedTraffic routed = route(traffic, whole_mesh(4, 1), {0, 3});

  EXPECT_EQ(routed.tree_routers, (std::vector<u64>{1, 1, 1, 1}));
  EXPECT_EQ(routed.table_entries, (std::vector<u64>{1, 0, 0, 1}));
}

TEST(LinkLoad, LinksThatExistAreCounted) {
  EXPECT_EQ(Links(whole_mesh(4, 3)).count(), 2u * (3 * 3 + 4 * 2));
  EXPECT_EQ(Links(torus_of(4, 3)).count(), 4u * 12);
  EXPECT_EQ(Links(whole_mesh(2, 2, 2)).count(), 24u);
  EXPECT_EQ(Links(whole_mesh(1, 1)).count(), 0u);
  EXPECT_EQ(Links(torus_of(1, 5)).count(), 10u);
  for (const Tiles& tiles : {whole_mesh(4, 3), torus_of(3, 1, 2), whole_mesh(1, 2, 5)}) {
    const Links links(tiles);
    u64 count = 0;
    for (u64 link = 0; link < links.size(); ++link) count += links.exists(link);
    EXPECT_EQ(links.count(), count);
  }
}

TEST(LinkLoad, EqualsRoutesWalkedLinkByLink) {
  for (u64 seed = 1; seed <= cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const MappingCase c = random_mapping_case(seed);
    NaiveLoads naive = naive_loads(c.traffic, c.tiles, c.tile_of);
    drop_zeros(naive.unicast);
    drop_zeros(naive.tree);

    const RoutedTraffic routed = route(c.traffic, c.tiles, c.tile_of);

    EXPECT_EQ(loads_in(routed.unicast.link, c.tiles), naive.unicast);
    EXPECT_EQ(loads_in(routed.tree.link, c.tiles), naive.tree);
    EXPECT_EQ(routed.unicast.all_hops(), naive.unicast_hops);
    EXPECT_EQ(routed.tree.all_hops(), naive.tree_hops);
  }
}

TEST(LinkLoad, ClosedFormOfTreesCountsTheirLinks) {
  for (u64 seed = 1; seed <= cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const MappingCase c = random_mapping_case(seed);
    const Links links(c.tiles);
    double hops = 0;
    double distances = 0;
    for (u64 i = 0; i < c.traffic.classes.size(); ++i) {
      const u32 from = c.tile_of[c.traffic.classes[i].core];
      std::vector<u32> to;
      for (const u32 core : c.traffic.targets_of(i)) {
        to.push_back(c.tile_of[core]);
        distances += c.traffic.classes[i].rate * c.tiles.hops(from, to.back());
      }
      hops += c.traffic.classes[i].rate * static_cast<double>(tree_links(links, from, to));
    }

    const RoutedTraffic routed = route(c.traffic, c.tiles, c.tile_of);

    EXPECT_EQ(routed.tree.all_hops(), hops);
    EXPECT_EQ(routed.unicast.all_hops(), distances);
  }
}

TEST(LinkLoad, TablesAreThoseOfTheTrees) {
  for (u64 seed = 1; seed <= cases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const MappingCase c = random_mapping_case(seed);
    std::vector<u64> routers(c.tiles.size());
    std::vector<u64> entries(c.tiles.size());
    for (u64 i = 0; i < c.traffic.classes.size(); ++i) {
      if (c.traffic.targets_of(i).empty()) continue;
      const u32 from = c.tile_of[c.traffic.classes[i].core];
      std::map<u32, std::set<u32>> out = {{from, {}}};  // directions of each router
      std::map<u32, u32> in;
      std::set<u32> ends = {from};
      for (const u32 core : c.traffic.targets_of(i)) {
        ends.insert(c.tile_of[core]);
        for (const NaiveLink& link : naive_route(c.tiles, from, c.tile_of[core])) {
          out[link.tile].insert(link.direction);
          out[link.next];
          const auto [known, is_new] = in.insert({link.next, link.direction});
          EXPECT_TRUE(is_new || known->second == link.direction) << "not a tree";
        }
      }
      for (const auto& [tile, directions] : out) {
        ++routers[tile];
        entries[tile] += ends.contains(tile) || directions != std::set<u32>{in.at(tile)};
      }
    }

    const RoutedTraffic routed = route(c.traffic, c.tiles, c.tile_of);

    EXPECT_EQ(routed.tree_routers, routers);
    EXPECT_EQ(routed.table_entries, entries);
  }
}

}  // namespace
}  // namespace spikefab::test
