// Placement: every strategy gives each core a usable tile of its own, the same one each time; what
// is said to improve does; costs that are kept up to date are those that a recount finds.
#include "mapper/mapping/placer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "mapper/mapping/annealing.h"
#include "mapper/mapping/fast_random.h"
#include "mapper/mapping/fiedler.h"
#include "mapper/mapping/placement_hops.h"
#include "mapper/mapping/placement_loads.h"
#include "mapper/mapping/strategy.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;

// Core a sends `rate` spikes to core b.
struct Send {
  u32 a;
  u32 b;
  double rate;
};

CoreTraffic traffic_from(u32 cores, const std::vector<Send>& sends) {
  CoreTraffic traffic;
  traffic.cores = cores;
  for (const Send& send : sends) {
    traffic.classes.push_back({send.a, false, 1, send.rate});
    traffic.target.push_back(send.b);
    traffic.target_begin.push_back(traffic.target.size());
  }
  return traffic;
}

// Rates have a fraction; the last third of the cores says and hears nothing.
CoreTraffic random_traffic(u32 cores, u64 seed) {
  RandomStream random(seed);
  std::vector<Send> sends;
  const u32 talking = cores - cores / 3;
  for (u32 i = 0; talking > 1 && i < 4 * cores; ++i) {
    const auto a = static_cast<u32>(random.between(0, static_cast<i32>(talking) - 1));
    const auto b = static_cast<u32>(random.between(0, static_cast<i32>(talking) - 1));
    if (a != b) sends.push_back({a, b, random.between(1, 1000) / 7.0});
  }
  return traffic_from(cores, sends);
}

Tiles torus(u32 width, u32 height, u32 depth = 1) {
  Tiles tiles = whole_mesh(width, height, depth);
  tiles.torus = true;
  return tiles;
}

Tiles with_faults(Tiles tiles, const std::set<u32>& faults) {
  std::erase_if(tiles.usable, [&](u32 tile) { return faults.count(tile) > 0; });
  return tiles;
}

double hops_of(const CoreTraffic& traffic, const Tiles& tiles, const TileOfCore& tile_of_core) {
  double hops = 0;
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    for (const u32 target : traffic.targets_of(i)) {
      hops += traffic.classes[i].rate *
              tiles.hops(tile_of_core[traffic.classes[i].core], tile_of_core[target]);
    }
  }
  return hops;
}

struct Case {
  std::string name;
  CoreTraffic traffic;
  Tiles tiles;
};

std::vector<Case> cases() {
  return {
      {"full mesh", random_traffic(35, 1), whole_mesh(7, 5)},
      {"more tiles than cores", random_traffic(20, 2), whole_mesh(9, 8)},
      {"faulty tiles", random_traffic(20, 3),
       with_faults(whole_mesh(6, 5), {0, 7, 14, 15, 16, 29})},
      {"torus", random_traffic(24, 4), torus(5, 5)},
      {"faulty torus", random_traffic(9, 5), with_faults(torus(4, 3), {1, 11})},
      {"three dimensions", random_traffic(20, 6), whole_mesh(3, 4, 2)},
      {"three dimensions, torus", random_traffic(27, 7), torus(3, 3, 3)},
      {"a line", random_traffic(9, 8), whole_mesh(1, 11)},
      {"one core", random_traffic(1, 9), whole_mesh(3, 3)},
      {"one tile", random_traffic(1, 10), whole_mesh(1, 1)},
      {"no core", random_traffic(0, 11), whole_mesh(2, 2)},
      {"two cores", traffic_from(2, {{0, 1, 3}}), whole_mesh(4, 1)},
      {"silent cores", traffic_from(6, {}), whole_mesh(3, 3)},
      {"two parts", traffic_from(7, {{0, 1, 1}, {1, 2, 1}, {4, 5, 2}, {5, 6, 1}}),
       whole_mesh(3, 3)},
      {"rates far apart", traffic_from(4, {{0, 1, 1e-9}, {1, 2, 1e9}, {2, 3, 1}}),
       whole_mesh(2, 2)},
  };
}

// Chains of one strategy, or of one that improves on a random placement; quick ones.
std::vector<std::string> chains() {
  std::vector<std::string> chains;
  for (const std::string& name : Registry<Placer>::names()) {
    const auto placer = Registry<Placer>::make(name);
    if (placer->takes_file()) continue;
    const std::string quick = name == "anneal" ? "anneal:moves_per_core=50" : name;
    chains.push_back((placer->improves() ? "random+" : "") + quick);
  }
  chains.push_back("random+anneal:moves_per_core=50,beta=20");
  return chains;
}

bool is_too_large(const std::string& chain, const Case& c) {
  return chain == "exact" && (c.traffic.cores > 9 || c.tiles.usable.size() > 12);
}

TileOfCore place(const std::string& chain, const CoreTraffic& traffic, const Tiles& tiles,
                 u64 seed = 1) {
  const CoreFlows flows = flows_of(traffic);
  return place_by(chain, {traffic, flows, tiles, seed, {}, {}});
}

TEST(Placers, GiveEachCoreAUsableTileOfItsOwnAndTheSameAgain) {
  for (const Case& c : cases()) {
    for (const std::string& chain : chains()) {
      SCOPED_TRACE(chain + " on " + c.name);
      if (is_too_large(chain, c)) continue;

      for (const u64 seed : {1, 2}) {
        const TileOfCore tiles = place(chain, c.traffic, c.tiles, seed);

        const std::set<u32> different(tiles.begin(), tiles.end());
        const std::set<u32> usable(c.tiles.usable.begin(), c.tiles.usable.end());
        EXPECT_EQ(tiles.size(), c.traffic.cores);
        EXPECT_EQ(different.size(), tiles.size());
        EXPECT_TRUE(
            std::includes(usable.begin(), usable.end(), different.begin(), different.end()));
        EXPECT_EQ(place(chain, c.traffic, c.tiles, seed), tiles);
      }
    }
  }
}

TEST(Placers, ThatImproveNeverGiveMoreHopsThanTheyGot) {
  for (const Case& c : cases()) {
    for (const std::string start : {"random", "row_major", "greedy"}) {
      const double before = hops_of(c.traffic, c.tiles, place(start, c.traffic, c.tiles));
      for (const std::string chain :
           {"force_directed", "anneal:moves_per_core=1", "anneal:moves_per_core=100"}) {
        SCOPED_TRACE(start + "+" + chain + " on " + c.name);

        const TileOfCore tiles = place(start + "+" + chain, c.traffic, c.tiles);

        EXPECT_LE(hops_of(c.traffic, c.tiles, tiles), before * (1 + 1e-6));
      }
    }
  }
}

TEST(Placers, ThatOptimiseBeatARandomPlacement) {
  const CoreTraffic traffic = random_traffic(40, 5);
  const Tiles tiles = whole_mesh(7, 7);
  const double at_random = hops_of(traffic, tiles, place("random", traffic, tiles));

  for (const std::string chain : {"greedy", "spectral", "random+force_directed", "random+anneal"}) {
    EXPECT_LT(hops_of(traffic, tiles, place(chain, traffic, tiles)), 0.9 * at_random) << chain;
  }
}

TEST(RandomPlacer, FollowsTheSeed) {
  const CoreTraffic traffic = random_traffic(30, 1);

  EXPECT_NE(place("random", traffic, whole_mesh(6, 6), 1),
            place("random", traffic, whole_mesh(6, 6), 2));
}

TEST(RowMajor, SkipsTilesThatAreNotUsable) {
  const Tiles tiles = with_faults(whole_mesh(3, 2), {1});

  EXPECT_EQ(place("row_major", random_traffic(4, 1), tiles), (TileOfCore{0, 2, 3, 4}));
}

TEST(Snake, TurnsBackAtTheEndOfARowAndOfALayer) {
  const TileOfCore tiles = place("snake", random_traffic(8, 1), whole_mesh(2, 2, 2));

  EXPECT_EQ(tiles, (TileOfCore{0, 1, 3, 2, 6, 7, 5, 4}));
}

TEST(Hilbert, GoesFromNeighbourToNeighbourOnEvenSizes) {
  for (u32 width = 2; width <= 16; width += 2) {
    for (u32 height = 2; height <= 16; height += 2) {
      for (u32 depth = 1; depth <= 3; ++depth) {
        const Tiles tiles = whole_mesh(width, height, depth);

        const TileOfCore path = place("hilbert", traffic_from(tiles.size(), {}), tiles);

        for (u32 i = 1; i < path.size(); ++i) {
          ASSERT_EQ(tiles.hops(path[i - 1], path[i]), 1)
              << width << " x " << height << " x " << depth << ", core " << i;
        }
      }
    }
  }
}

TEST(Hilbert, HasNoStepLongerThanADiagonalOnAnySize) {
  for (u32 width = 1; width <= 17; ++width) {
    for (u32 height = 1; height <= 17; ++height) {
      const Tiles tiles = whole_mesh(width, height);

      const TileOfCore path = place("hilbert", traffic_from(tiles.size(), {}), tiles);

      for (u32 i = 1; i < path.size(); ++i) {
        ASSERT_LE(tiles.hops(path[i - 1], path[i]), 2) << width << " x " << height;
      }
    }
  }
}

TEST(Exact, FindsWhatTryingAllPlacementsFinds) {
  for (u64 seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CoreTraffic traffic = random_traffic(6, seed);
    Tiles tiles = with_faults(whole_mesh(3, 3), {static_cast<u32>(seed % 9)});
    tiles.torus = seed % 2 == 0;
    TileOfCore all = tiles.usable;
    double least = INFINITY;
    do {
      least = std::min(least, hops_of(traffic, tiles, all));
    } while (std::next_permutation(all.begin(), all.end()));

    const double found = hops_of(traffic, tiles, place("exact", traffic, tiles));

    EXPECT_NEAR(found, least, 1e-9 * least);
  }
}

TEST(Exact, SaysWhatIsTooLarge) {
  try {
    place("exact", random_traffic(10, 1), whole_mesh(4, 3));
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("up to 9 cores on 12 usable tiles; here are 10 on 12"));
  }
  EXPECT_THROW(place("exact", random_traffic(9, 1), whole_mesh(13, 1)), UsageError);
  EXPECT_NO_THROW(place("exact", random_traffic(9, 1), whole_mesh(3, 3)));
}

TEST(Anneal, ReachesTheOptimumOfSmallProblems) {
  for (u64 seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CoreTraffic traffic = random_traffic(9, seed);
    const Tiles tiles = whole_mesh(4, 3);
    const double least = hops_of(traffic, tiles, place("exact", traffic, tiles));

    const TileOfCore found = place("random+anneal:moves_per_core=1000", traffic, tiles, seed);

    EXPECT_NEAR(hops_of(traffic, tiles, found), least, 1e-6 * least);
  }
}

// Each core of a sheet talks to its right and lower neighbour.
TEST(Anneal, UnrollsASheetWhoseOptimumIsOneHopForEachSpike) {
  constexpr u32 side = 6;
  std::vector<Send> sends;
  for (u32 y = 0; y < side; ++y) {
    for (u32 x = 0; x < side; ++x) {
      if (x + 1 < side) sends.push_back({y * side + x, y * side + x + 1, 1});
      if (y + 1 < side) sends.push_back({y * side + x, (y + 1) * side + x, 1});
    }
  }
  const CoreTraffic traffic = traffic_from(side * side, sends);
  const Tiles tiles = whole_mesh(side, side);

  const TileOfCore found = place("random+anneal", traffic, tiles);

  EXPECT_EQ(hops_of(traffic, tiles, found), sends.size());
}

TEST(Anneal, TradesHopsForEmptierLinks) {
  const CoreTraffic traffic = random_traffic(36, 3);
  const Tiles tiles = whole_mesh(6, 6);
  const auto fullest_link = [&](const std::string& chain) {
    const std::vector<double> loads =
        route(traffic, tiles, place(chain, traffic, tiles)).unicast.link;
    return *std::max_element(loads.begin(), loads.end());
  };

  EXPECT_LT(fullest_link("random+anneal:moves_per_core=4000,beta=100"),
            fullest_link("random+anneal:moves_per_core=4000"));
}

// Moves at random, each as delta() says; then all is counted anew.
template <class Cost, class Compare>
void move_and_compare(Cost& cost, const Tiles& tiles, u64 seed, const Compare& compare) {
  FastRandom random(seed);
  for (u32 i = 0; i < 300; ++i) {
    const u32 core = random.below(cost.cores());
    const u32 tile = tiles.usable[random.below(static_cast<u32>(tiles.usable.size()))];
    if (tile == cost.tile_of(core)) continue;
    const auto before = cost.cost();
    const auto delta = cost.delta(core, tile);
    EXPECT_EQ(cost.cost(), before);
    if (random.below(3) == 0) continue;
    cost.move(core, tile, delta);
    compare();
  }
}

TEST(PlacementHops, AreWhatARecountFindsAfterEachMove) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    if (c.traffic.cores == 0) continue;
    PlacementHops hops(flows_of(c.traffic), c.tiles, place("random", c.traffic, c.tiles));

    move_and_compare(hops, c.tiles, 1, [&] {
      ASSERT_EQ(hops.cost(), hops.recomputed_cost());
      const double recount = hops_of(c.traffic, c.tiles, hops.tile_of_core());
      ASSERT_NEAR(hops.spikes(hops.cost()), recount, 1e-6 * recount);
    });
  }
}

TEST(PlacementLoads, AreWhatRoutingFindsAfterEachMove) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    if (c.traffic.cores == 0) continue;
    constexpr double weight = 0.3;
    PlacementLoads loads(c.traffic, flows_of(c.traffic), c.tiles,
                         place("random", c.traffic, c.tiles), weight);

    move_and_compare(loads, c.tiles, 2, [&] {
      const LinkLoads routed = route(c.traffic, c.tiles, loads.tile_of_core()).unicast;
      double sum = 0;
      for (u64 link = 0; link < routed.link.size(); ++link) {
        ASSERT_NEAR(loads.spikes(static_cast<double>(loads.loads()[link])), routed.link[link],
                    1e-4 + 1e-6 * routed.all_hops());
        sum += std::pow(routed.link[link], 4);
      }
      const auto links = static_cast<double>(std::max<u64>(1, Links(c.tiles).count()));
      const double cost = routed.all_hops() + weight * links * std::pow(sum / links, 0.25);
      ASSERT_NEAR(loads.spikes(loads.cost()), cost, 1e-5 * cost);
    });
  }
}

TEST(PlacementHops, CountSwapsOfPartnersOnce) {
  const CoreTraffic traffic = traffic_from(3, {{0, 1, 5}, {1, 2, 1}});
  const Tiles tiles = whole_mesh(3, 1);
  PlacementHops hops(flows_of(traffic), tiles, {0, 1, 2});

  EXPECT_EQ(hops.spikes(hops.cost()), 6);
  EXPECT_EQ(hops.spikes(hops.delta(0, 1)), 1);  // 0 and 1 stay side by side, 2 is farther from 1
  EXPECT_EQ(hops.spikes(hops.delta(0, 2)), 0);  // a mirror image
}

TEST(ExponentialTable, IsCloseToTheExponentialFunction) {
  const ExponentialTable& table = ExponentialTable::get();

  for (const double x : {0.01, 0.1, 0.5, 1.0, 3.0, 6.0}) {
    EXPECT_NEAR(table.above(x), std::exp(-x), 2.0 / 4096) << x;
  }
  EXPECT_EQ(table.above(100), 0);
  EXPECT_NEAR(table.draw(u64{1} << 63), std::log(2), 1e-3);
}

TEST(FiedlerVectors, OrderAChain) {
  std::vector<Send> sends;
  for (u32 i = 0; i + 1 < 60; ++i) sends.push_back({i * 7 % 60, (i + 1) * 7 % 60, 1});

  const auto vectors = fiedler_vectors(flows_of(traffic_from(60, sends)), 2);

  ASSERT_EQ(vectors.size(), 2);
  const double direction = vectors[0][7] - vectors[0][0];
  for (u32 i = 0; i + 1 < 60; ++i) {
    EXPECT_GT((vectors[0][(i + 1) * 7 % 60] - vectors[0][i * 7 % 60]) * direction, 0) << i;
  }
}

class FilePlacerTest : public testing::Test {
 protected:
  TileOfCore place_from(const std::string& text) {
    const std::string path = testing::TempDir() + "/placement.txt";
    std::ofstream(path) << text;
    const CoreFlows flows = flows_of(traffic_);
    return place_by("file:" + path, {traffic_, flows, tiles_, 1, {}, {}});
  }

  std::string message(const std::string& text) {
    try {
      place_from(text);
    } catch (const InputError& error) {
      return error.what();
    }
    return "no InputError";
  }

  CoreTraffic traffic_ = random_traffic(3, 1);
  Tiles tiles_ = with_faults(whole_mesh(4, 3), {5});
};

TEST_F(FilePlacerTest, TakesTilesAsNumbersOrPlaces) {
  EXPECT_EQ(place_from("# core tile\n2 11\n\n0 3 1  # x y\n1 0 2 0\r\n"), (TileOfCore{7, 8, 11}));
}

TEST_F(FilePlacerTest, NamesTheLineAndWhatIsWrong) {
  EXPECT_THAT(message("0 1\n1 x\n2 3\n"), HasSubstr("placement.txt:2: 'x' is no number"));
  EXPECT_THAT(message("0 -1\n"), HasSubstr(":1: '-1' is no number"));
  EXPECT_THAT(message("0 1\n1\n2 3\n"), HasSubstr(":2: has 1 numbers"));
  EXPECT_THAT(message("0 1 1 0 0\n"), HasSubstr(":1: has 5 numbers"));
  EXPECT_THAT(message("3 1\n"), HasSubstr(":1: core 3 does not exist: there are 3"));
  EXPECT_THAT(message("0 12\n"), HasSubstr(":1: tile 12 does not exist: there are 12"));
  EXPECT_THAT(message("0 4 0\n"), HasSubstr(":1: lies outside the mesh of 4 x 3 tiles"));
  EXPECT_THAT(message("0 0 0 1\n"), HasSubstr(":1: lies outside the mesh of 4 x 3 tiles"));
  EXPECT_THAT(message("0 5\n"), HasSubstr(":1: tile 5 (x 1, y 1) is not usable"));
  EXPECT_THAT(message("0 6\n1 2 1\n"), HasSubstr(":2: tile 6 (x 2, y 1) is taken by core 0"));
  EXPECT_THAT(message("0 6\n0 7\n"), HasSubstr(":2: core 0 has a tile: line 1"));
  EXPECT_THAT(message("0 6\n2 7\n"), HasSubstr("placement.txt: core 1 has no line"));
  EXPECT_THAT(message("0 99999999999\n"), HasSubstr(":1: '99999999999' is no number"));
}

TEST_F(FilePlacerTest, NamesAFileThatIsNotThere) {
  const CoreFlows flows = flows_of(traffic_);

  EXPECT_THROW(place_by("file:/nowhere/placement.txt", {traffic_, flows, tiles_, 1, {}, {}}),
               InputError);
}

}  // namespace
}  // namespace spikefab::test
