// Pictures of the mesh: what stands where, and that they stay within their width.
#include "mapper/mapping/heat_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "mapper/mapping/link_load.h"
#include "tests/support/random_mapping.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(HeatMap, OneDigitForEachTile) {
  HeatMap map;
  map.tiles = {0, 1, 5, 9.9, 10, HeatMap::nothing};

  EXPECT_EQ(draw(map, whole_mesh(3, 2)),
            "0 1 5\n"
            "9 9 _\n"
            "tiles: 0 to 9 are tenths of 10 spikes per tick; _ has no core\n");
}

TEST(HeatMap, NothingButZerosIsZeros) {
  HeatMap map;
  map.tiles = {0, 0};
  map.tile_unit = "neurons";

  EXPECT_EQ(draw(map, whole_mesh(2, 1)),
            "0 0\n"
            "tiles: 0 to 9 are tenths of 0 neurons; _ has no core\n");
}

TEST(HeatMap, ShadesOfLinksStandBetweenTiles) {
  const Tiles tiles = whole_mesh(2, 2);
  const Links links(tiles);
  HeatMap map;
  map.tiles = {8, 4, 2, HeatMap::nothing};
  map.links.resize(links.size());
  map.links[links.number(0, 0)] = 20;   // from the first tile to the right
  map.links[links.number(1, 1)] = 100;  // and back
  map.links[links.number(3, 2)] = 1;    // up to the first tile: little, but not nothing
  map.links[links.number(0, 2)] = 50;

  EXPECT_EQ(draw(map, tiles),
            "9@5\n"
            ".\n"
            "2+_\n"
            "tiles: 0 to 9 are tenths of 8 spikes per tick; _ has no core\n"
            "links: \" .:-=+*#%@\" are tenths of 100 spikes per tick, in the busier direction\n");
}

TEST(HeatMap, PlanesFollowEachOther) {
  HeatMap map;
  map.tiles = {0, 1, 2, 3};

  EXPECT_EQ(draw(map, whole_mesh(2, 1, 2)),
            "z = 0\n0 3\nz = 1\n6 9\n"
            "tiles: 0 to 9 are tenths of 3 spikes per tick; _ has no core\n");
}

TEST(HeatMap, SquaresOfALargeMeshShowTheirLargest) {
  HeatMap map;
  map.tiles.assign(5 * 3, HeatMap::nothing);
  map.tiles[1 + 5 * 1] = 9;  // first square
  map.tiles[0] = 4;          // also there
  map.tiles[4 + 5 * 2] = 5;  // last square, which is 1 x 1

  const std::vector<std::string> lines = lines_of(draw(map, whole_mesh(5, 3), 3));

  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0], "9__");
  EXPECT_EQ(lines[1], "__5");
  EXPECT_EQ(lines[3], "each character is the largest of 2 x 2 tiles");
}

TEST(HeatMap, LinksWithinASquareAreNotShown) {
  const Tiles tiles = whole_mesh(4, 1);
  const Links links(tiles);
  HeatMap map;
  map.tiles = {0, 0, 0, 0};
  map.links.resize(links.size());
  map.links[links.number(0, 0)] = 10;
  map.links[links.number(0, 1)] = 5;

  EXPECT_EQ(lines_of(draw(map, tiles, 3))[0], "0+0");
}

TEST(HeatMap, LinksThatCannotBeDrawnAreMentioned) {
  const Tiles tiles = torus_of(3, 1);
  HeatMap map;
  map.tiles = {0, 0, 0};
  map.links.resize(Links(tiles).size());

  EXPECT_THAT(draw(map, tiles), HasSubstr("links around the torus"));
}

TEST(HeatMap, FitsIntoItsColumns) {
  for (const u32 columns : {2u, 3u, 10u, 100u}) {
    for (const u32 width : {1u, 2u, 50u, 51u, 99u, 100u, 101u, 300u}) {
      for (const bool has_links : {false, true}) {
        const Tiles tiles = whole_mesh(width, 3);
        HeatMap map;
        map.tiles.assign(tiles.size(), 1);
        if (has_links) map.links.assign(Links(tiles).size(), 1);

        for (const std::string& line : lines_of(draw(map, tiles, columns))) {
          if (line.find("tiles") == line.npos && line.find("links") == line.npos) {
            EXPECT_LE(line.size(), columns);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace spikefab::test
