// Eight axons in a word, against the table that it is made of.
#include <gtest/gtest.h>

#include "base/random.h"
#include "sim/cpu/row_index.h"

namespace spikefab::test {
namespace {

using namespace sim::cpu;

struct Portable {};

TEST(CpuRowIndex, ShortRowsAreThoseOfTheTable) {
  for (u32 seed = 0; seed < 50; ++seed) {
    RandomStream random(seed);
    const auto axons = static_cast<u32>(random.between(1, 40));
    std::vector<u32> begin = {static_cast<u32>(random.between(0, 1'000'000'000))};
    for (u32 axon = 0; axon < axons; ++axon) {
      const i32 longest = seed == 0 ? 0 : longest_short_row;
      begin.push_back(begin.back() +
                      static_cast<u32>(random.between(seed % 2 ? longest : 0, longest)));
    }

    std::vector<u64> words((axons + axons_per_word - 1) / axons_per_word);
    write_short_rows(begin.data(), axons, words.data());

    const ShortRows<Portable> rows = {words.data()};
    const AnyRows<Portable> table = {begin.data()};
    for (u32 axon = 0; axon < axons; ++axon) {
      EXPECT_EQ(rows.at(axon).begin, table.at(axon).begin) << "seed " << seed << " axon " << axon;
      EXPECT_EQ(rows.at(axon).length, table.at(axon).length) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace spikefab::test
