// The digest is a file format: its values are pinned, and every part of the state counts.
#include <gtest/gtest.h>

#include "base/mix.h"
#include "base/random.h"
#include "sim/state.h"
#include "tests/support/loaded_network.h"
#include "tests/support/random_network.h"

namespace spikefab::test {
namespace {

TEST(Digest, MixIsTheFinaliserOfSplitMix64) {
  // First two numbers of SplitMix64 seeded with 1234567, of its published reference implementation.
  constexpr u64 step = 0x9e3779b97f4a7c15;
  EXPECT_EQ(mix64(1234567 + step), 6457827717110365317u);
  EXPECT_EQ(mix64(1234567 + 2 * step), 3203168211198807973u);
}

TEST(Digest, TermsHaveTheirGoldenValues) {
  EXPECT_EQ(digest_term(DigestKind::neuron_state, 0, 0), 0u);
  EXPECT_EQ(digest_term(DigestKind::neuron_state, 3, 7), 0x65b8ff1e4553f2a8u);
  EXPECT_EQ(digest_term(DigestKind::waiting_spikes, 3, 7), 0xfb55cbefed09a0f3u);
  EXPECT_EQ(digest_term(DigestKind::output, 3, 7), 0xeaacccd9a5188937u);
}

TEST(Digest, EveryBitOfTheStateCounts) {
  const Imported input = load_network(random_case(1).network);
  const sim::State state = sim::initial_state(input.program, 1);
  const u64 before = sim::digest(input.program, state, 0);

  for (u64 i = 0; i < state.neuron_state.size(); ++i) {
    sim::State other = state;
    other.neuron_state[i] ^= 1 << (i % 32);
    EXPECT_NE(sim::digest(input.program, other, 0), before) << "neuron " << i;
  }
  for (u64 i = 0; i < state.waiting.size(); ++i) {
    sim::State other = state;
    other.waiting[i] ^= u64{1} << (i % 64);
    EXPECT_NE(sim::digest(input.program, other, 0), before) << "waiting word " << i;
  }
  for (u64 i = 0; i < state.output.size(); ++i) {
    sim::State other = state;
    other.output[i] ^= u64{1} << (i % 64);
    EXPECT_NE(sim::digest(input.program, other, 0), before) << "output word " << i;
  }
}

// Known answers of Philox4x32-10 [Random123, kat_vectors]: what "seed" means never changes.
TEST(Random, IsPhilox) {
  EXPECT_EQ(random_u32(0, 0), 0x6627e8d5u);
  EXPECT_EQ(random_u32(0xffffffffffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff),
            0x408f276du);
}

}  // namespace
}  // namespace spikefab::test
