// Words of synaptic memory in Loihi 1's formats, against examples worked out by hand and every way
// to split short axons.
#include "mapper/loihi_storage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "base/random.h"

namespace spikefab::test {
namespace {

struct Synapse {
  u32 neuron = 0;
  u32 format = 0;
  u32 bits = 8;
};

u64 bits_of(const std::vector<Synapse>& synapses) {
  LoihiAxon axon;
  for (const Synapse& s : synapses) axon.push(s.neuron, s.format, s.bits);
  return axon.bits();
}

std::vector<Synapse> neighbours(u32 first, u32 count) {
  std::vector<Synapse> synapses;
  for (u32 i = 0; i < count; ++i) synapses.push_back({first + i});
  return synapses;
}

TEST(LoihiStorage, IndexFieldsHaveNoneOrSixToTwelveBits) {
  EXPECT_EQ(index_bits(0), 0u);
  EXPECT_EQ(index_bits(1), 6u);
  EXPECT_EQ(index_bits(63), 6u);
  EXPECT_EQ(index_bits(64), 7u);
  EXPECT_EQ(index_bits(1023), 10u);
  EXPECT_EQ(index_bits(4095), 12u);
}

TEST(LoihiStorage, SevenWeightBitsDoNotExist) {
  EXPECT_EQ(stored_weight_bits(6), 6u);
  EXPECT_EQ(stored_weight_bits(7), 8u);
  EXPECT_EQ(stored_weight_bits(8), 8u);
}

// One word more if its last word is full, or has fewer than 6 bits left.
TEST(LoihiStorage, WordsLeaveRoomForAnEnd) {
  EXPECT_EQ(words_of_axon(0), 0u);
  EXPECT_EQ(words_of_axon(18), 1u);
  EXPECT_EQ(words_of_axon(58), 1u);
  EXPECT_EQ(words_of_axon(59), 2u);
  EXPECT_EQ(words_of_axon(64), 2u);
  EXPECT_EQ(words_of_axon(65), 2u);
  EXPECT_EQ(words_of_axon(122), 2u);
  EXPECT_EQ(words_of_axon(123), 3u);
}

TEST(LoihiStorage, NeighboursTakeTheirWeightsAndOneNumber) {
  EXPECT_EQ(bits_of(neighbours(0, 60)), 10 + 0 + 60 * 8u);
  EXPECT_EQ(bits_of(neighbours(5, 60)), 10 + 6 + 60 * 8u);
  EXPECT_EQ(bits_of(neighbours(0, 61)), 10 + 60 * 8 + (10 + 6 + 8u));  // 60 in an entry at most
}

TEST(LoihiStorage, SmallDistancesTakeTwoToFiveBits) {
  EXPECT_EQ(bits_of({{0}, {2}, {5}}), 10 + 3 * (8 + 2u));
  EXPECT_EQ(bits_of({{0}, {4}, {8}, {12}, {16}}), 10 + 5 * (8 + 3u));
  EXPECT_EQ(bits_of({{0}, {31}}), 10 + 2 * (8 + 5u));
  EXPECT_EQ(bits_of({{0}, {31}, {62}, {93}}), 10 + 4 * (8 + 5u));
}

TEST(LoihiStorage, LargeDistancesTakeANumberEach) {
  EXPECT_EQ(bits_of({{0}, {40}, {80}, {120}}), 10 + 4 * (8 + 7u));
}

// A 3 x 3 window of 16 channels on a map 16 wide: three runs of 48.
TEST(LoihiStorage, RunsOfAConvolutionAreEntriesOfTheirOwn) {
  std::vector<Synapse> synapses;
  for (const u32 row : {0u, 256u, 512u}) {
    for (const Synapse& s : neighbours(row, 48)) synapses.push_back(s);
  }

  EXPECT_EQ(bits_of(synapses), (10 + 0 + 384) + (10 + 9 + 384) + (10 + 10 + 384u));
}

TEST(LoihiStorage, FormatsDoNotShareEntries) {
  EXPECT_EQ(bits_of({{0, 0, 8}, {1, 0, 8}, {2, 1, 4}, {3, 1, 4}}),
            (10 + 2 * 8) + (10 + 6 + 2 * 4u));
}

TEST(LoihiStorage, SeveralSynapsesOfANeuronAreNoNeighbours) {
  EXPECT_EQ(bits_of({{0, 0, 11}, {0, 0, 11}}), 10 + 2 * (11 + 0u));  // number 0 needs no bits
  EXPECT_EQ(bits_of({{9, 0, 11}, {9, 0, 11}}), 10 + 6 + 2 * (11 + 2u));
}

// The cost of one entry, and the best of all splits, tried one by one.
u64 entry_bits(const std::vector<Synapse>& s, std::size_t begin, std::size_t end) {
  const u64 count = end - begin;
  const u64 synapse = s[begin].bits;
  u32 largest = 0;
  bool dense = true;
  for (std::size_t i = begin + 1; i < end; ++i) {
    largest = std::max(largest, s[i].neuron - s[i - 1].neuron);
    dense = dense && s[i].neuron == s[i - 1].neuron + 1;
  }
  u64 best = 10 + count * (synapse + index_bits(s[end - 1].neuron));
  for (const u32 skip : {2u, 3u, 4u, 5u}) {
    if (largest >> skip > 0) continue;
    best = std::min(best, 10 + index_bits(s[begin].neuron) + count * (synapse + skip));
  }
  if (dense) best = std::min(best, 10 + index_bits(s[begin].neuron) + count * synapse);
  return best;
}

u64 best_split(const std::vector<Synapse>& synapses) {
  u64 best = ~u64{0};
  const u32 cuts = static_cast<u32>(synapses.size()) - 1;
  for (u32 mask = 0; mask < 1u << cuts; ++mask) {
    u64 bits = 0;
    std::size_t begin = 0;
    bool legal = true;
    for (std::size_t i = 1; i <= synapses.size(); ++i) {
      const bool cut = i == synapses.size() || (mask >> (i - 1) & 1) != 0;
      if (!cut) {
        legal = legal && synapses[i].format == synapses[i - 1].format;
        continue;
      }
      bits += entry_bits(synapses, begin, i);
      begin = i;
    }
    if (legal) best = std::min(best, bits);
  }
  return best;
}

TEST(LoihiStorage, IsTheBestOfAllSplits) {
  RandomStream random(3);
  for (u32 k = 0; k < 300; ++k) {
    std::vector<Synapse> synapses;
    u32 neuron = static_cast<u32>(random.between(0, 70));
    const i32 count = random.between(1, 11);
    const i32 largest = random.between(1, 6);
    for (i32 i = 0; i < count; ++i) {
      const u32 format = static_cast<u32>(random.between(0, 3) / 3);
      synapses.push_back({neuron, format, format == 0 ? 8u : 5u});
      neuron += static_cast<u32>(random.between(0, 1 << largest));
    }

    EXPECT_EQ(bits_of(synapses), best_split(synapses)) << "case " << k;
    if (HasFailure()) break;
  }
}

TEST(LoihiStorage, ForgetsWhatIsTakenBack) {
  LoihiAxon axon;
  axon.push(3, 0, 8);
  axon.push(4, 0, 8);
  const u64 before = axon.bits();

  axon.push(900, 1, 6);
  axon.pop();

  EXPECT_EQ(axon.bits(), before);
}

}  // namespace
}  // namespace spikefab::test
