// Neuron models of cores with synaptic memory beyond the golden vectors (loihi_golden_test.cc):
// what a user relies on, at the limits.
#include <gtest/gtest.h>

#include "arch/neurons/ranc.h"
#include "compartment_models.h"

namespace spikefab::compartments {
namespace {

// A neuron of a model with its defaults.
template <class Model>
struct Neuron {
  std::array<i32, Model::params.size()> params;
  std::array<i32, Model::state_words> state = {};
  NeuronRandom random = {.seed = 5, .replica = 0, .position = 3, .neuron = 7, .tick = 0};

  Neuron() {
    for (u64 k = 0; k < params.size(); ++k) params[k] = Model::params[k].value;
  }

  template <class... Inputs>
  i32 step(Inputs... inputs) {
    const i32 input[] = {inputs...};
    const i32 payload = Model::step(params.data(), state.data(), input, random);
    ++random.tick;
    return payload;
  }
};

TEST(LoihiLifNoise, IsBetweenTheLimitsOfItsRandomNumber) {
  Neuron<LoihiLif> neuron;
  neuron.params[LoihiLif::decay_v] = 4095;
  neuron.params[LoihiLif::offset_v] = 1;  // v is the drive of this tick alone
  neuron.params[LoihiLif::threshold] = 131071;
  neuron.params[LoihiLif::noise_target] = 2;
  neuron.params[LoihiLif::noise_exponent] = 7;
  i32 lowest = 1000;
  i32 highest = -1000;
  i64 sum = 0;

  for (int i = 0; i < 20000; ++i) {
    neuron.step(0);
    lowest = std::min(lowest, neuron.state[LoihiLif::v]);
    highest = std::max(highest, neuron.state[LoihiLif::v]);
    sum += neuron.state[LoihiLif::v];
  }

  EXPECT_EQ(lowest, -127);
  EXPECT_EQ(highest, 127);
  EXPECT_LT(std::abs(sum), 20000 * 2);
}

TEST(LoihiLif, IsDeadForRefractoryDelayMinusOneTicks) {
  Neuron<LoihiLif> neuron;
  neuron.params[LoihiLif::threshold] = 0;
  neuron.params[LoihiLif::bias_mantissa] = 1;
  neuron.params[LoihiLif::refractory_delay] = 3;
  std::vector<i32> spikes;

  for (int i = 0; i < 7; ++i) spikes.push_back(neuron.step(0));

  EXPECT_EQ(spikes, (std::vector<i32>{1, 0, 0, 1, 0, 0, 1}));
}

TEST(Lif, KeepsTheRestWhenItSubtractsTheThreshold) {
  Neuron<Lif> neuron;
  neuron.params[Lif::threshold] = 10;
  neuron.params[Lif::reset] = 1;

  EXPECT_EQ(neuron.step(10), 0);  // at the threshold, not above
  EXPECT_EQ(neuron.step(7), 1);
  EXPECT_EQ(neuron.state[Lif::v], 7);
}

TEST(Lif, CountsHowOftenTheThresholdFits) {
  Neuron<Lif> neuron;
  neuron.params[Lif::threshold] = 10;
  neuron.params[Lif::reset] = 1;
  neuron.params[Lif::multiple] = 1;

  EXPECT_EQ(neuron.step(35), 3);
  EXPECT_EQ(neuron.state[Lif::v], 5);
}

TEST(Lif, StaysAboveItsLowestPotential) {
  Neuron<Lif> neuron;
  neuron.params[Lif::lowest] = -4;

  neuron.step(-100);

  EXPECT_EQ(neuron.state[Lif::v], -4);
}

TEST(Lif, DecaysTowardsZeroFromBothSides) {
  Neuron<Lif> neuron;
  neuron.params[Lif::decay] = 32768;
  neuron.params[Lif::threshold] = Lif::limit;

  neuron.step(-7);
  neuron.step(0);
  EXPECT_EQ(neuron.state[Lif::v], -3);
  neuron.state[Lif::v] = 7;
  neuron.step(0);

  EXPECT_EQ(neuron.state[Lif::v], 3);
}

// Without its stochastic modes TrueNorth's neuron is RANC's with an asymmetric negative threshold.
TEST(TrueNorth, IsRancsNeuronWhenNothingIsStochastic) {
  RandomStream random(1);
  for (int trial = 0; trial < 200; ++trial) {
    Neuron<TrueNorth> neuron;
    const i32 reset = random.between(0, 1);
    neuron.params[TrueNorth::reset] = reset;
    neuron.params[TrueNorth::threshold] = random.between(1, 60);
    neuron.params[TrueNorth::negative_threshold] = random.between(0, 60);
    neuron.params[TrueNorth::reset_potential] = random.between(-20, 20);
    neuron.params[TrueNorth::leak] = random.between(-5, 5);
    for (u32 type = 0; type < 4; ++type) neuron.params[type] = random.between(-20, 20);
    const i32 ranc_params[] = {neuron.params[TrueNorth::leak],
                               neuron.params[TrueNorth::threshold],
                               -neuron.params[TrueNorth::negative_threshold],
                               neuron.params[TrueNorth::reset_potential],
                               reset,
                               0};
    i32 ranc_state[] = {0};
    for (int tick = 0; tick < 50; ++tick) {
      i32 counts[4];
      i32 sum = 0;
      for (u32 type = 0; type < 4; ++type) {
        counts[type] = random.between(0, 3);
        sum += counts[type] * neuron.params[type];
      }

      const i32 spike = neuron.step(counts[0], counts[1], counts[2], counts[3]);
      const bool ranc_spike = neurons::Ranc::step(ranc_params, ranc_state, sum);

      ASSERT_EQ(spike, ranc_spike);
      ASSERT_EQ(neuron.state[TrueNorth::potential], ranc_state[0]);
    }
  }
}

TEST(TrueNorth, StochasticSynapsesAddWithTheirProbability) {
  Neuron<TrueNorth> neuron;
  neuron.params[TrueNorth::weight + 2] = -63;  // probability 64 / 256
  neuron.params[TrueNorth::stochastic + 2] = 1;
  neuron.params[TrueNorth::threshold] = TrueNorth::max_threshold;
  neuron.params[TrueNorth::negative_threshold] = TrueNorth::max_threshold;

  for (int i = 0; i < 1000; ++i) neuron.step(0, 0, 100, 0);

  EXPECT_NEAR(neuron.state[TrueNorth::potential], -25000, 700);  // five standard deviations
}

TEST(TrueNorth, ThresholdsRiseByARandomNumberOfTheGivenBits) {
  Neuron<TrueNorth> neuron;
  neuron.params[TrueNorth::threshold] = 10;
  neuron.params[TrueNorth::random_bits] = 2;
  neuron.params[TrueNorth::reset] = 0;
  int spikes = 0;

  for (int i = 0; i < 4000; ++i) {
    neuron.state[TrueNorth::potential] = 0;
    spikes += neuron.step(11, 0, 0, 0);  // fires if the number is 0 or 1 of 0..3
  }

  EXPECT_NEAR(spikes, 2000, 160);
}

TEST(TrueNorth, LeakReversalPullsTowardsOrAwayFromZero) {
  Neuron<TrueNorth> neuron;
  neuron.params[TrueNorth::leak] = -2;
  neuron.params[TrueNorth::leak_reversal] = 1;
  neuron.params[TrueNorth::threshold] = 100;
  neuron.params[TrueNorth::negative_threshold] = 100;
  neuron.state[TrueNorth::potential] = 9;

  neuron.step(0, 0, 0, 0);
  EXPECT_EQ(neuron.state[TrueNorth::potential], 7);
  neuron.state[TrueNorth::potential] = -9;
  neuron.step(0, 0, 0, 0);

  EXPECT_EQ(neuron.state[TrueNorth::potential], -7);
}

TEST(TrueNorth, SaturatesAtTheNegativeThreshold) {
  Neuron<TrueNorth> neuron;
  neuron.params[TrueNorth::saturate] = 1;
  neuron.params[TrueNorth::negative_threshold] = 5;

  neuron.step(0, 0, 50, 0);

  EXPECT_EQ(neuron.state[TrueNorth::potential], -5);
}

TEST(NeuronRandomTest, DiffersByEachOfItsKeys) {
  const NeuronRandom base = {.seed = 1, .replica = 2, .position = 3, .neuron = 4, .tick = 5};
  const u32 number = base.draw(6);
  NeuronRandom other = base;
  other.seed = 2;
  EXPECT_NE(other.draw(6), number);
  other = base;
  other.replica = 3;
  EXPECT_NE(other.draw(6), number);
  other = base;
  other.position = 4;
  EXPECT_NE(other.draw(6), number);
  other = base;
  other.neuron = 5;
  EXPECT_NE(other.draw(6), number);
  other = base;
  other.tick = 5 + (u64{1} << 32);
  EXPECT_NE(other.draw(6), number);
  EXPECT_NE(base.draw(7), number);
  EXPECT_EQ(base.draw(6), number);
}

}  // namespace
}  // namespace spikefab::compartments
