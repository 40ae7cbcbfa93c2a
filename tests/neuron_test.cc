// RANC's neuron at each of its limits and one beside it.
#include <gtest/gtest.h>

#include <limits>

#include "arch/neurons/ranc.h"

namespace spikefab::neurons {
namespace {

constexpr i32 lowest = std::numeric_limits<i32>::min();
constexpr i32 highest = std::numeric_limits<i32>::max();
constexpr i32 absolute = 0;
constexpr i32 linear = 1;
constexpr i32 asymmetric = 0;
constexpr i32 symmetric = 1;

struct Setting {
  i32 leak = 0;
  i32 positive = 10;
  i32 negative = -10;
  i32 reset = 3;
  i32 mode = absolute;
  i32 type = asymmetric;
};

struct Outcome {
  bool fires;
  i32 potential;
  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& o) {
  return out << (o.fires ? "fires, " : "silent, ") << o.potential;
}

Outcome step(const Setting& s, i32 potential, i32 input = 0) {
  i32 params[Ranc::params.size()];
  params[Ranc::leak] = s.leak;
  params[Ranc::positive_threshold] = s.positive;
  params[Ranc::negative_threshold] = s.negative;
  params[Ranc::reset_potential] = s.reset;
  params[Ranc::reset_mode] = s.mode;
  params[Ranc::reset_type] = s.type;
  i32 state[Ranc::state_words] = {potential};
  const bool fires = Ranc::step(params, state, input);
  return {fires, state[Ranc::potential]};
}

TEST(RancNeuron, FiresAtThePositiveThresholdAndNotOneBelow) {
  EXPECT_EQ(step({}, 0, 10), (Outcome{true, 3}));
  EXPECT_EQ(step({}, 0, 11), (Outcome{true, 3}));
  EXPECT_EQ(step({}, 0, 9), (Outcome{false, 9}));
}

TEST(RancNeuron, AbsoluteResetGoesToTheResetPotentialAndLinearSubtractsTheThreshold) {
  EXPECT_EQ(step({.mode = absolute}, 0, 17), (Outcome{true, 3}));
  EXPECT_EQ(step({.mode = linear}, 0, 17), (Outcome{true, 7}));
  EXPECT_EQ(step({.mode = linear}, 0, 10), (Outcome{true, 0}));
}

TEST(RancNeuron, LeakIsAddedAfterTheInputAndBeforeTheComparison) {
  EXPECT_EQ(step({.leak = 1}, 4, 5), (Outcome{true, 3}));
  EXPECT_EQ(step({.leak = -1}, 5, 5), (Outcome{false, 9}));
  EXPECT_EQ(step({.leak = 2}, 0), (Outcome{false, 2}));
}

TEST(RancNeuron, AsymmetricResetsOnlyBelowTheNegativeThreshold) {
  EXPECT_EQ(step({.type = asymmetric}, 0, -9), (Outcome{false, -9}));
  EXPECT_EQ(step({.type = asymmetric}, 0, -10), (Outcome{false, -10}));
  EXPECT_EQ(step({.type = asymmetric}, 0, -11), (Outcome{false, -3}));
}

TEST(RancNeuron, SymmetricResetsAtTheNegativeThresholdToo) {
  EXPECT_EQ(step({.type = symmetric}, 0, -9), (Outcome{false, -9}));
  EXPECT_EQ(step({.type = symmetric}, 0, -10), (Outcome{false, -3}));
  EXPECT_EQ(step({.type = symmetric}, 0, -11), (Outcome{false, -3}));
}

TEST(RancNeuron, NegativeAbsoluteResetGoesToTheNegatedResetPotential) {
  EXPECT_EQ(step({.reset = 3}, -20), (Outcome{false, -3}));
  EXPECT_EQ(step({.reset = -3}, -20), (Outcome{false, 3}));
  EXPECT_EQ(step({.reset = 0}, -20), (Outcome{false, 0}));
}

TEST(RancNeuron, NegativeLinearResetSubtractsTheNegativeThreshold) {
  EXPECT_EQ(step({.mode = linear, .type = asymmetric}, 0, -17), (Outcome{false, -7}));
  EXPECT_EQ(step({.mode = linear, .type = asymmetric}, 0, -10), (Outcome{false, -10}));
  EXPECT_EQ(step({.mode = linear, .type = symmetric}, 0, -10), (Outcome{false, 0}));
}

TEST(RancNeuron, FiringComesBeforeTheNegativeThreshold) {
  const Setting both = {.positive = -5, .negative = 5, .reset = 3};

  EXPECT_EQ(step(both, 0), (Outcome{true, 3}));
  EXPECT_EQ(step(both, -5), (Outcome{true, 3}));
  EXPECT_EQ(step(both, -6), (Outcome{false, -3}));
}

TEST(RancNeuron, FiresWithoutInputIfTheThresholdIsNotPositive) {
  EXPECT_EQ(step({.positive = 0}, 0), (Outcome{true, 3}));
  EXPECT_EQ(step({.positive = 1}, 0), (Outcome{false, 0}));
}

TEST(RancNeuron, SumsWrapAt32Bits) {
  const Setting extremes = {.positive = highest, .negative = lowest, .mode = linear};

  EXPECT_EQ(step(extremes, highest, 1), (Outcome{false, lowest}));
  EXPECT_EQ(step(extremes, lowest, -1), (Outcome{true, 0}));
  EXPECT_EQ(step({.leak = 1, .positive = 10, .negative = lowest}, highest, 0),
            (Outcome{false, lowest}));
  EXPECT_EQ(step({.leak = -1, .positive = 10}, highest, 1), (Outcome{true, 3}));
}

TEST(RancNeuron, ResetsWrapAt32Bits) {
  EXPECT_EQ(step({.reset = lowest}, -20), (Outcome{false, lowest}));
  EXPECT_EQ(step({.positive = lowest, .mode = linear}, highest), (Outcome{true, -1}));
  EXPECT_EQ(step({.positive = highest, .negative = highest, .mode = linear}, -2),
            (Outcome{false, highest}));
}

}  // namespace
}  // namespace spikefab::neurons
