// What a chip cannot do or hold is told with the node, the reason and what can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/memory.h"
#include "mapper/chip_neurons.h"
#include "tests/support/small_network.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class Error, class Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  } catch (const std::exception& other) {
    return std::string("another error: ") + other.what();
  }
  return "no error";
}

Semantics steps_of_one() {
  Semantics semantics;
  semantics.dt = 1;
  return semantics;
}

std::string input_error(const Network& network, const Semantics& semantics, const Chip& chip,
                        const QuantiserOptions& options = {}) {
  return message_of<InputError>([&] { quantise(network, semantics, chip, options); });
}

std::string usage_error(const QuantiserOptions& options, const Chip& chip = large_chip("lif")) {
  const Network network = one_layer(1, integrate_and_fire(), {1});
  return message_of<UsageError>([&] { quantise(network, steps_of_one(), chip, options); });
}

struct RuleCase {
  const char* name;
  const char* model;
  void (*change)(Semantics&);
  const char* message;
};

class ResetMessages : public testing::TestWithParam<RuleCase> {};

TEST_P(ResetMessages, SayWhatCannotBeDoneAndWhatCan) {
  const RuleCase& rule = GetParam();
  Semantics semantics = steps_of_one();
  rule.change(semantics);
  const Neurons neurons = semantics.clamp_below ? integrate_and_fire() : leaky_fire(10);

  EXPECT_EQ(input_error(one_layer(1, neurons, {1}), semantics, large_chip(rule.model)),
            std::string("test.nir: node 'neurons': ") + rule.message);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ResetMessages,
    testing::Values(
        RuleCase{"loihi_subtract", "loihi_lif", [](Semantics& s) { s.reset = Reset::subtract; },
                 "LIF resets by subtracting the threshold, which loihi_lif does not (a chip whose "
                 "neurons are lif, such as loihi2_like, does; or choose --semantics "
                 "NAME,reset=to_value)"},
        RuleCase{
            "loihi_many", "loihi_lif",
            [](Semantics& s) {
              s.reset = Reset::subtract;
              s.spikes_per_step = SpikesPerStep::many;
              s.clamp_below = true;
            },
            "IF spikes several times in a step, resets by subtracting the threshold, limits the "
            "potential at -v_threshold, which loihi_lif does not (a chip whose neurons are lif, "
            "such as loihi2_like, does; or choose --semantics "
            "NAME,spikes_per_step=one,reset=to_value,clamp_below=no)"},
        RuleCase{"loihi_clamp", "loihi_lif", [](Semantics& s) { s.clamp_below = true; },
                 "IF limits the potential at -v_threshold, which loihi_lif does not (a chip whose "
                 "neurons are lif, such as loihi2_like, does; or choose --semantics "
                 "NAME,clamp_below=no)"},
        RuleCase{"lif_many_to_value", "lif",
                 [](Semantics& s) { s.spikes_per_step = SpikesPerStep::many; },
                 "LIF spikes several times in a step and resets to a value, which lif does not "
                 "(choose spikes_per_step=one or reset=subtract)"},
        RuleCase{
            "lif_no_double", "lif",
            [](Semantics& s) {
              s.reset = Reset::subtract;
              s.reset_timing = ResetTiming::no_double;
            },
            "LIF subtracts the threshold once for one crossing (no_double), which lif does not "
            "(same_step differs from it only where v exceeds v_threshold twice: choose "
            "reset_timing or cuba_reset_timing=same_step)"},
        RuleCase{"lif_late_subtract", "lif",
                 [](Semantics& s) {
                   s.reset = Reset::subtract;
                   s.reset_timing = ResetTiming::next_step;
                 },
                 "LIF subtracts the threshold one step after the spike, which lif does not "
                 "(same_step subtracts before the leak instead of after it: choose reset_timing or "
                 "cuba_reset_timing=same_step)"}),
    [](const auto& test) { return test.param.name; });

TEST(QuantiserMessages, AllPopulationsAreReportedAtOnce) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 to_a = b.dense("to_a", 1, 1, {1});
  const u32 a = b.neurons("a", {1}, leaky_fire(5));
  const u32 to_b = b.dense("to_b", 1, 1, {1});
  const u32 second = b.neurons("b", {1}, leaky_fire(5));
  Semantics semantics = steps_of_one();
  semantics.reset = Reset::subtract;

  const std::string message =
      input_error(b.chain({in, to_a, a, to_b, second}).build(), semantics, large_chip("loihi_lif"));

  EXPECT_THAT(message, AllOf(HasSubstr("node 'a'"), HasSubstr("node 'b'")));
}

TEST(QuantiserMessages, ThresholdsMustBeAboveTheReset) {
  Neurons below = integrate_and_fire();
  below.v_threshold.values = {1, 0.5, 1};
  below.v_reset.values = {0, 0.75, 0};
  const Network network = one_layer(1, below, {1, 1, 1});

  EXPECT_EQ(input_error(network, steps_of_one(), large_chip("loihi_lif")),
            "test.nir: node 'neurons': neuron 1 has v_threshold = 0.500000 and v_reset = 0.750000 "
            "(a chip needs v_threshold >= v_reset)");

  Semantics subtract = steps_of_one();
  subtract.reset = Reset::subtract;
  EXPECT_EQ(input_error(one_layer(1, integrate_and_fire(-1), {1}), subtract, large_chip("lif")),
            "test.nir: node 'neurons': neuron 0 has v_threshold = -1.000000 (a chip needs "
            "v_threshold > 0 to subtract it)");
}

TEST(QuantiserMessages, ValuesAreOnlyForOutputs) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 weights = b.dense("weights", 1, 1, {1});
  Neurons leaky = leaky_fire(5);
  leaky.type = NeuronType::leaky;
  leaky.v_threshold = {};
  const u32 values = b.neurons("values", {1}, leaky);
  const u32 more = b.dense("more", 1, 1, {1});
  const u32 neurons = b.neurons("neurons", {1}, integrate_and_fire());
  const Network network = b.chain({in, weights, values, more, neurons}).build();

  EXPECT_EQ(
      input_error(network, steps_of_one(), large_chip("lif")),
      "test.nir: node 'values': LI gives values, which 'neurons' reads (on a chip, neurons get "
      "spikes; only an Output can read values)");
}

TEST(QuantiserMessages, DtMustNotExceedTau) {
  EXPECT_EQ(input_error(one_layer(1, leaky_fire(0.5), {1}), steps_of_one(), large_chip("lif")),
            "test.nir: node 'neurons': the potential keeps -1.000000 of itself in a step (a chip "
            "keeps 0..1 of it: choose a smaller dt than tau, or decay=exact)");
}

TEST(QuantiserMessages, ATauThatNeverLeaksOnTheChipIsNoted) {
  const QuantisedNetwork network =
      quantise(one_layer(1, leaky_fire(1e5), {1000}), steps_of_one(), large_chip("loihi_lif"));

  ASSERT_EQ(network.report.notes.size(), 1u);
  EXPECT_THAT(network.report.notes[0], HasSubstr("does not leak"));
  EXPECT_EQ(network.report.layers[0].decay_error, 1);
}

// Inputs that are always active lead to 1.737 tau times the largest weight, 255 units in 8 bits; a
// potential holds 131072.
TEST(QuantiserMessages, APotentialThatIsReadAndMayStayAtItsLimitIsNoted) {
  const auto report_of = [](double tau) {
    Neurons leaky = leaky_fire(tau);
    leaky.type = NeuronType::leaky;
    leaky.v_threshold = {};
    QuantiserOptions options;
    options.scale = ScalePer::layer;
    return quantise(one_layer(2, leaky, {1, 0.737f}), steps_of_one(), large_chip("loihi_lif"),
                    options)
        .report;
  };

  const QuantiserReport too_much = report_of(400);
  const QuantiserReport fits = report_of(200);

  EXPECT_LT(too_much.layers[0].potential_margin, 1);
  EXPECT_THAT(too_much.notes,
              testing::ElementsAre(AllOf(HasSubstr("'neurons': its potential is read"),
                                         HasSubstr("stays at the chip's limit"))));
  EXPECT_GE(fits.layers[0].potential_margin, 1);
  EXPECT_TRUE(fits.notes.empty());
}

TEST(QuantiserMessages, ADelayThatIsNoNumberOfStepsIsTold) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 delay = b.delay("delay", {1}, 1e300);
  const u32 neurons = b.neurons("neurons", {1}, integrate_and_fire());

  EXPECT_THAT(input_error(b.chain({in, delay, neurons}).build(), steps_of_one(), large_chip("lif")),
              HasSubstr("gets spikes after 1e+300 steps (at most 65535; is dt in the same unit?)"));
}

// Told before its connections are made, which would take hours and all memory.
TEST(QuantiserMessages, MoreNeuronsThanTheChipHasAreToldAtOnce) {
  const u32 side = 30000;
  NetworkBuilder b;
  const u32 in = b.input("in", {1, side, side});
  Convolution kernel;
  kernel.weight = {1};
  const u32 convolution = b.convolution("kernel", {1, side, side}, {1, side, side}, kernel);
  const u32 neurons = b.neurons("map", {1, side, side}, integrate_and_fire());
  const Network network = b.chain({in, convolution, neurons}).build();

  EXPECT_EQ(message_of<FitError>([&] { quantise(network, steps_of_one(), large_chip("lif")); }),
            "test.nir: has 900000000 neurons; chip 'large' has room for 33554432 (a mesh of 64 x "
            "64, 8192 per core); a larger mesh, or a chip with larger cores, has room");
}

TEST(QuantiserMessages, AsManyNeuronsAsTheChipHasArePossible) {
  Chip chip = large_chip("lif");
  chip.mesh.width = 2;
  chip.mesh.height = 1;
  chip.neurons = 3;
  const auto layer_of = [](u32 count) {
    return one_layer(1, integrate_and_fire(), std::vector<float>(count, 1));
  };

  EXPECT_NO_THROW(quantise(layer_of(6), steps_of_one(), chip));
  EXPECT_THROW(quantise(layer_of(7), steps_of_one(), chip), FitError);
}

// One neuron that reads a corner of an image whose elements alone would take 126 GiB.
TEST(QuantiserMessages, MoreInputsThanMemoryHasAreToldAtOnce) {
  const u32 side = 46000;
  NetworkBuilder b;
  const u32 in = b.input("in", {1, side, side});
  Convolution kernel;
  kernel.window.stride = {side, side};
  kernel.weight = {1};
  const u32 convolution = b.convolution("kernel", {1, side, side}, {1, 1, 1}, kernel);
  const u32 neurons = b.neurons("map", {1, 1, 1}, integrate_and_fire());
  const Network network = b.chain({in, convolution, neurons}).build();
  constexpr u64 bytes = u64{side} * side * 64;
  if (available_memory() > bytes) GTEST_SKIP() << "this machine has more memory";

  EXPECT_THAT(
      message_of<ResourceError>([&] { quantise(network, steps_of_one(), large_chip("lif")); }),
      HasSubstr("test.nir: the list of its inputs needs 12915"));
}

TEST(QuantiserMessages, WhatCannotBeScaledIsRefused) {
  // A bias of 10^7 thresholds would have to fit into 4095 * 2^7 beside a threshold of at least 64.
  EXPECT_THAT(input_error(one_layer(1, integrate_and_fire(1e-7), {1e-7f}, {1}), steps_of_one(),
                          large_chip("loihi_lif")),
              AllOf(HasSubstr("neuron 0 cannot be scaled: for its threshold to be 1, the"),
                    HasSubstr("times what the chip holds"), HasSubstr("of similar size")));
  // 10^6 thresholds in one tick.
  EXPECT_THAT(input_error(one_layer(1, integrate_and_fire(1e-6), {1}), steps_of_one(),
                          large_chip("loihi_lif")),
              HasSubstr("the sum of all inputs of a tick would be 30.5"));
  // Steps are at most one in 131071 of a threshold.
  EXPECT_EQ(
      input_error(one_layer(1, integrate_and_fire(1e6), {1}), steps_of_one(),
                  large_chip("loihi_lif")),
      "test.nir: node 'neurons': all 1 weights from 'in' would be rounded to 0 (they are too "
      "small beside the threshold or beside weights from elsewhere; choose more weight_bits)");
  EXPECT_NO_THROW(
      quantise(one_layer(1, integrate_and_fire(1e6), {1}), steps_of_one(), large_chip("lif")));
}

TEST(QuantiserMessages, BothSignsNeedTwoBits) {
  QuantiserOptions options;
  options.weight_bits = 1;

  EXPECT_THAT(input_error(one_layer(2, integrate_and_fire(), {1, -1}), steps_of_one(),
                          large_chip("lif"), options),
              HasSubstr("weights of both signs need at least 2 bits"));
  EXPECT_NO_THROW(quantise(one_layer(2, integrate_and_fire(), {1, 1}), steps_of_one(),
                           large_chip("lif"), options));
}

TEST(QuantiserMessages, OnlySomeChipsTakeNetworks) {
  const Network network = one_layer(1, integrate_and_fire(), {1});
  Chip crossbars;
  crossbars.name = "old";

  EXPECT_EQ(
      input_error(network, steps_of_one(), crossbars),
      "chip 'old': has crossbars; networks are mapped onto cores with synaptic memory (such as "
      "configs/chips/loihi1.yaml)");
  EXPECT_EQ(
      input_error(network, steps_of_one(), large_chip("graded")),
      "chip 'large': networks cannot be quantised for its neuron model 'graded' (they can for: "
      "lif, loihi_lif)");
}

TEST(QuantiserMessages, OptionsHaveRanges) {
  QuantiserOptions options;
  options.weight_bits = 10;
  EXPECT_EQ(usage_error(options), "weight_bits = 10 (must be 1..9)");
  options = {};
  options.weight_bits = 9;
  Chip chip = large_chip("lif");
  chip.limits.storage = SynapseStorage::loihi;
  EXPECT_EQ(
      usage_error(options, chip),
      "weight_bits = 9 needs a chip with storage: packed (chip 'large' stores weights of up to "
      "8 bits)");
  EXPECT_EQ(usage_error(options), "no error");
  options = {};
  options.clip_percentile = 49;
  EXPECT_THAT(usage_error(options), HasSubstr("must be 50..100, or 0"));
  options = {};
  options.activity = 0;
  EXPECT_THAT(usage_error(options), HasSubstr("must be above 0, and at most 1"));
  options = {};
  options.input_count = 0;
  EXPECT_THAT(usage_error(options), HasSubstr("must be at least 1"));
}

TEST(QuantiserMessages, CalibrationRunsMustFitTheNetwork) {
  QuantiserOptions options;
  options.calibration = {{.steps = {{{.input = 0, .index = 7}}}}};

  EXPECT_EQ(input_error(one_layer(3, integrate_and_fire(), {1, 1, 1}), steps_of_one(),
                        large_chip("lif"), options),
            "test.nir: a calibration run has an event for element 7 of input 0, which does not "
            "exist");
}

TEST(QuantiserMessages, AnOutputThatReadsAnInputIsNoted) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 weights = b.dense("weights", 1, 1, {2});
  const u32 neurons = b.neurons("neurons", {1}, integrate_and_fire());
  const u32 out = b.output("out", {1});
  const Network network = b.chain({in, weights, neurons, out}).chain({in, out}).build();

  const QuantisedNetwork quantised = quantise(network, steps_of_one(), large_chip("lif"));

  ASSERT_EQ(quantised.report.notes.size(), 1u);
  EXPECT_THAT(quantised.report.notes[0], HasSubstr("output 'out' reads input 'in' itself"));
  EXPECT_EQ(quantised.outputs[0].terms.size(), 1u);
}

}  // namespace
}  // namespace spikefab::test
