// The order of axons by type: places, words and bits there and back.
#include "sim/axon_order.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace spikefab::sim {
namespace {

// Cores without neurons whose axons have these types.
Program with_types(u32 weights, const std::vector<std::vector<u8>>& types) {
  Program p;
  p.chip.axons = static_cast<u32>(types[0].size());
  p.chip.weights = weights;
  p.chip.mesh = {.width = static_cast<u32>(types.size()), .height = 1};
  p.neuron_begin.assign(types.size() + 1, 0);
  for (u32 c = 0; c < types.size(); ++c) {
    p.position.push_back(c);
    p.axon_type.insert(p.axon_type.end(), types[c].begin(), types[c].end());
  }
  return p;
}

TEST(AxonOrder, EachTypeBeginsAtAWord) {
  const Program p = with_types(3, {{2, 0, 2, 0, 0}, {1, 1, 1, 1, 1}});

  const AxonOrder order(p);

  EXPECT_EQ(order.words(), 2u);
  EXPECT_EQ(order.place(CoreId{0}, AxonId{1}), 0u);
  EXPECT_EQ(order.place(CoreId{0}, AxonId{3}), 1u);
  EXPECT_EQ(order.place(CoreId{0}, AxonId{4}), 2u);
  EXPECT_EQ(order.place(CoreId{0}, AxonId{0}), 64u);
  EXPECT_EQ(order.place(CoreId{0}, AxonId{2}), 65u);
  EXPECT_EQ(order.word_type(CoreId{0}, 0), 0);
  EXPECT_EQ(order.word_type(CoreId{0}, 1), 2);
  EXPECT_EQ(order.word_type(CoreId{1}, 0), 1);
  EXPECT_EQ(order.axon_at(CoreId{0}, 65), 2u);
  EXPECT_EQ(order.axon_at(CoreId{0}, 66), AxonOrder::no_axon);
}

TEST(AxonOrder, UnsortingWhatWasSortedGivesItBack) {
  for (const u32 axons : {1u, 63u, 64u, 65u, 256u, 300u}) {
    SCOPED_TRACE(axons);
    RandomStream random(axons);
    std::vector<std::vector<u8>> types(3, std::vector<u8>(axons));
    for (auto& core : types) {
      for (u8& type : core) type = static_cast<u8>(random.next() % 5);
    }
    const Program p = with_types(5, types);
    const AxonOrder order(p);
    for (u32 c = 0; c < 3; ++c) {
      std::vector<u64> waiting(p.chip.axon_words());
      for (u32 a = 0; a < axons; ++a) waiting[a / 64] |= u64{random.next() % 2} << (a % 64);
      std::vector<u64> sorted(order.words());
      std::vector<u64> back(waiting.size(), ~u64{0});

      order.sort(CoreId{c}, waiting.data(), sorted.data());
      order.unsort(CoreId{c}, sorted.data(), back.data());

      EXPECT_EQ(back, waiting);
      for (u32 a = 0; a < axons; ++a) {
        const u32 place = order.place(CoreId{c}, AxonId{a});
        EXPECT_EQ(order.axon_at(CoreId{c}, place), a);
        EXPECT_EQ(order.word_type(CoreId{c}, place / 64), types[c][a]);
        EXPECT_EQ(sorted[place / 64] >> (place % 64) & 1, waiting[a / 64] >> (a % 64) & 1);
      }
    }
  }
}

}  // namespace
}  // namespace spikefab::sim
