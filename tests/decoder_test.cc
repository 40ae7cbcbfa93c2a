// Output spikes to a class: votes, the first spike, and when it is a tie.
#include "sim/decoder.h"

#include <gtest/gtest.h>

namespace spikefab::sim {

bool operator==(const Decision& a, const Decision& b) {
  return a.label == b.label && a.tie == b.tie;
}
std::ostream& operator<<(std::ostream& out, const Decision& d) {
  return out << d.label << (d.tie ? " (tie)" : "");
}

}  // namespace spikefab::sim

namespace spikefab::test {
namespace {

using sim::Decision;
using Words = std::vector<u64>;

constexpr Decision clear(u32 label) { return {.label = label, .tie = false}; }
constexpr Decision tie(u32 label) { return {.label = label, .tie = true}; }

// Six lines for three classes: bit j votes for class j % 3. One word a tick.
Decision decide(const std::string& decoder, const Words& outputs) {
  const std::vector<u8> class_of_line = {0, 1, 2, 0, 1, 2};
  return Registry<sim::Decoder>::make(decoder)->decide(
      {.outputs = outputs, .class_of_line = class_of_line, .classes = 3});
}

TEST(Votes, CountLinesAndTicks) {
  EXPECT_EQ(decide("votes", {0b110110}), tie(1));
  EXPECT_EQ(decide("votes", {0b100110}), clear(2));
  EXPECT_EQ(decide("votes", {0b000001, 0b000010, 0b010000}), clear(1));
  EXPECT_EQ(decide("votes", {0b001001, 0b000010, 0b000010, 0b000010}), clear(1));
}

TEST(Votes, WithoutAnySpikeAreATie) { EXPECT_EQ(decide("votes", {0, 0}), tie(0)); }

TEST(Votes, ReachOverWords) {
  std::vector<u8> class_of_line(130, 0);
  class_of_line[64] = 1;
  class_of_line[129] = 2;
  const Words outputs = {0, 1, 0b10, 0, 0, 0b10};  // two ticks of three words

  const Decision decision = Registry<sim::Decoder>::make("votes")->decide(
      {.outputs = outputs, .class_of_line = class_of_line, .classes = 3});

  EXPECT_EQ(decision, clear(2));
}

TEST(FirstSpike, IsThatOfTheEarliestTick) {
  EXPECT_EQ(decide("first_spike", {0, 0b000100, 0b111011}), clear(2));
  EXPECT_EQ(decide("first_spike", {0b000010, 0b101101}), clear(1));
}

TEST(FirstSpike, GoesToTheMostLinesOfThatTick) {
  EXPECT_EQ(decide("first_spike", {0, 0b010011, 0b001001}), clear(1));
  EXPECT_EQ(decide("first_spike", {0b000110, 0b000100}), tie(1));
}

TEST(FirstSpike, WithoutAnySpikeIsATie) { EXPECT_EQ(decide("first_spike", {0, 0}), tie(0)); }

TEST(FirstSpike, ReachesOverWords) {
  std::vector<u8> class_of_line(65, 0);
  class_of_line[64] = 1;
  const Words outputs = {0, 0, 0, 1, 1, 0};  // three ticks of two words

  const Decision decision =
      Registry<sim::Decoder>::make("first_spike")
          ->decide({.outputs = outputs, .class_of_line = class_of_line, .classes = 2});

  EXPECT_EQ(decision, clear(1));
}

TEST(Decoders, UnknownNamesAreRefused) {
  try {
    Registry<sim::Decoder>::make("vote");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "no decoder 'vote' in this build (have: first_spike, votes; did you mean "
                 "'votes'?)");
  }
}

}  // namespace
}  // namespace spikefab::test
