// Assignments are the cheapest of all permutations.
#include "mapper/mapping/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "tests/support/random_mapping.h"

namespace spikefab::test {
namespace {

double cheapest_of_all(const std::vector<double>& cost, u32 rows, u32 columns) {
  std::vector<u32> order(columns);
  std::iota(order.begin(), order.end(), 0);
  double best = std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (u32 row = 0; row < rows; ++row) sum += cost[u64{row} * columns + order[row]];
    best = std::min(best, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST(CheapestAssignment, IsTheBestOfAllPermutations) {
  for (u64 seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed);
    const u32 columns = 1 + below(random, 7);
    const u32 rows = 1 + below(random, columns);
    const u32 values = 1 + below(random, 3) * 50;  // equal costs are common
    std::vector<double> cost(u64{rows} * columns);
    for (double& c : cost) c = below(random, values) - 20.0;

    const Assignment found = cheapest_assignment(cost, rows, columns);

    EXPECT_EQ(found.cost, cheapest_of_all(cost, rows, columns));
    std::vector<bool> taken(columns);
    double sum = 0;
    for (u32 row = 0; row < rows; ++row) {
      ASSERT_LT(found.column[row], columns);
      EXPECT_FALSE(taken[found.column[row]]) << "column twice";
      taken[found.column[row]] = true;
      sum += cost[u64{row} * columns + found.column[row]];
    }
    EXPECT_EQ(found.cost, sum);
  }
}

TEST(CheapestAssignment, OfProductsPairsTheLargestWithTheSmallest) {
  const u32 size = 120;
  std::vector<double> cost(u64{size} * size);
  for (u32 row = 0; row < size; ++row) {
    for (u32 column = 0; column < size; ++column) cost[row * size + column] = double(row) * column;
  }

  const Assignment found = cheapest_assignment(cost, size, size);

  for (u32 row = 1; row < size; ++row) EXPECT_EQ(found.column[row], size - 1 - row);
}

TEST(CheapestAssignment, OfNothingIsNothing) {
  EXPECT_EQ(cheapest_assignment({}, 0, 3).cost, 0);
  EXPECT_EQ(cheapest_assignment({4, 2, 3}, 1, 3).column, std::vector<u32>{1});
}

}  // namespace
}  // namespace spikefab::test
