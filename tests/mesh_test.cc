// Routes of the mesh.
#include "arch/mesh.h"

#include <gtest/gtest.h>

#include <vector>

namespace spikefab::test {
namespace {

std::vector<Position> stops(const Mesh& mesh, Position from, Position to) {
  std::vector<Position> out = {from};
  mesh.route(from, to, [&](Position a, Position b) {
    EXPECT_EQ(a, out.back());
    out.push_back(b);
  });
  return out;
}

TEST(Mesh, RoutesXFirstOrYFirst) {
  const Mesh xy = {.width = 4, .height = 4, .routing = Routing::xy};
  const Mesh yx = {.width = 4, .height = 4, .routing = Routing::yx};

  EXPECT_EQ(stops(xy, {3, 0}, {2, 2}), (std::vector<Position>{{3, 0}, {2, 0}, {2, 1}, {2, 2}}));
  EXPECT_EQ(stops(yx, {3, 0}, {2, 2}), (std::vector<Position>{{3, 0}, {3, 1}, {3, 2}, {2, 2}}));
}

TEST(Mesh, HopsAreTheLinksOfTheRoute) {
  const Mesh mesh = {.width = 5, .height = 3};
  for (u32 a = 0; a < mesh.size(); ++a) {
    for (u32 b = 0; b < mesh.size(); ++b) {
      EXPECT_EQ(Mesh::hops(mesh.at(a), mesh.at(b)), stops(mesh, mesh.at(a), mesh.at(b)).size() - 1);
    }
  }
}

TEST(Mesh, KnowsWhatIsOnIt) {
  const Mesh mesh = {.width = 5, .height = 3};
  EXPECT_TRUE(mesh.holds(4, 2));
  EXPECT_FALSE(mesh.holds(5, 0));
  EXPECT_FALSE(mesh.holds(0, 3));
  EXPECT_FALSE(mesh.holds(-1, 0));
  EXPECT_EQ(mesh.at(mesh.index({4, 2})), (Position{4, 2}));
}

}  // namespace
}  // namespace spikefab::test
