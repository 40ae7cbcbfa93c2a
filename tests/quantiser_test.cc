// The quantiser: what is representable is exact, everything else is within rounding; decays, biases
// and resets mean on the chip what they mean in the network.
#include "mapper/quantise/quantiser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "arch/synapse.h"
#include "base/error.h"
#include "base/random.h"
#include "mapper/quantise/quantised_simulation.h"
#include "tests/support/small_network.h"

namespace spikefab::test {
namespace {

Semantics steps_of_one(Reset reset = Reset::to_value) {
  Semantics semantics;
  semantics.dt = 1;
  semantics.reset = reset;
  return semantics;
}

QuantiserOptions with_bits(u32 bits, ScalePer scale = ScalePer::layer) {
  QuantiserOptions options;
  options.weight_bits = bits;
  options.scale = scale;
  return options;
}

i32 param(const QuantisedNetwork& network, u64 neuron, std::string_view name) {
  const ModelOutline outline = model_outline(network.chip);
  for (u64 k = 0; k < outline.params.size(); ++k) {
    if (outline.params[k].name == name) return network.neuron_param[k * network.neurons + neuron];
  }
  throw std::logic_error("no parameter " + std::string(name));
}

// What a spike adds, in thresholds, as the chip has it; by source and neuron.
std::map<std::pair<u32, u32>, double> relative_weights(const QuantisedNetwork& network) {
  std::map<std::pair<u32, u32>, double> weights;
  for (u32 n = 0; n < network.neurons; ++n) {
    const u32 layer = network.layer_of_neuron(n);
    for (u64 s = network.synapse_begin[n]; s < network.synapse_begin[n + 1]; ++s) {
      const WeightFormat& format =
          network.format(network.layer_of_source(network.source[s]), layer);
      weights[{network.source[s], n}] +=
          double(synapse_value(network.mantissa[s], format.exponent)) /
          param(network, n, "threshold");
    }
  }
  return weights;
}

std::vector<float> random_weights(u32 count, u64 seed, i32 low = -1000, i32 high = 1000) {
  RandomStream random(seed, 2);
  std::vector<float> weights(count);
  for (float& weight : weights) weight = static_cast<float>(random.between(low, high)) / 997.0f;
  return weights;
}

TEST(Quantiser, PowersOfTwoAreLossless) {
  const std::vector<float> weights = {1, -0.5, 0.25, 0.125, -0.0625, 0.03125, -0.015625, 0.5};
  for (const char* model : {"lif", "loihi_lif"}) {
    for (const ScalePer scale : {ScalePer::layer, ScalePer::neuron}) {
      const QuantisedNetwork network =
          quantise(one_layer(4, integrate_and_fire(1), weights), steps_of_one(), large_chip(model),
                   with_bits(8, scale));

      EXPECT_EQ(network.report.layers[0].projections[0].weight_error, 0) << model;
      EXPECT_EQ(network.report.layers[0].projections[0].lost, 0u);
      const auto relative = relative_weights(network);
      for (u32 i = 0; i < 8; ++i) {
        EXPECT_EQ(relative.at({i % 4, i / 4}), double(weights[i])) << model << " " << i;
      }
    }
  }
}

// As networks come out of training with few levels: multiples of 0.1 up to 10.
TEST(Quantiser, MultiplesOfACommonStepAreLossless) {
  RandomStream random(1);
  std::vector<float> weights(64);
  for (float& weight : weights) weight = static_cast<float>(random.between(-100, 100)) * 0.1f;
  weights[5] = 10;

  const QuantisedNetwork network = quantise(one_layer(8, integrate_and_fire(10), weights),
                                            steps_of_one(), large_chip("loihi_lif"), with_bits(8));

  EXPECT_EQ(network.report.layers[0].clipping, "common step");
  EXPECT_LT(network.report.layers[0].projections[0].weight_error, 1e-6);
}

// Half a step of the largest weight, with nothing cut off.
TEST(Quantiser, WeightsAreWithinHalfAStep) {
  for (const char* model : {"lif", "loihi_lif"}) {
    for (u32 bits = 2; bits <= 9; ++bits) {
      const std::vector<float> weights = random_weights(40 * 5, bits);
      QuantiserOptions options = with_bits(bits);
      options.clip_percentile = 100;
      const QuantisedNetwork network = quantise(one_layer(40, integrate_and_fire(3), weights),
                                                steps_of_one(), large_chip(model), options);

      const auto relative = relative_weights(network);

      double largest = 0;
      for (const float weight : weights) largest = std::max(largest, double(std::abs(weight)));
      const double half_a_step = largest / 3 / double((1 << (bits - 1)) - 1) / 2;
      for (u32 i = 0; i < weights.size(); ++i) {
        const auto found = relative.find({i % 40, i / 40});
        const double have = found == relative.end() ? 0 : found->second;
        // The threshold is a whole number, which costs up to one in a hundred of a step.
        EXPECT_NEAR(have, double(weights[i]) / 3, half_a_step * 1.02) << model << ", bits " << bits;
      }
      const ProjectionReport& report = network.report.layers[0].projections[0];
      EXPECT_EQ(report.clipped_share, 0);
      EXPECT_EQ(report.format.bits, bits == 7 ? 8 : bits);
      if (HasFailure()) return;
    }
  }
}

// Loihi holds mixed signs with the lowest bit 0, one sign without the sign bit.
TEST(Quantiser, SignsDecideTheMode) {
  const auto format_for = [](std::vector<float> weights) {
    const QuantisedNetwork network =
        quantise(one_layer(3, integrate_and_fire(), std::move(weights)), steps_of_one(),
                 large_chip("loihi_lif"), with_bits(8));
    for (const i16 mantissa : network.mantissa) {
      const WeightFormat& f = network.report.layers[0].projections[0].format;
      EXPECT_EQ(stored_mantissa(mantissa, f.mode, f.bits), mantissa);
    }
    return network.report.layers[0].projections[0];
  };

  const ProjectionReport mixed = format_for({0.9f, -0.31f, 0.77f});
  const ProjectionReport excitatory = format_for({0.9f, 0.31f, 0.77f});
  const ProjectionReport inhibitory = format_for({-0.9f, -0.31f, -0.77f});

  EXPECT_EQ(mixed.format.mode, SignMode::mixed);
  EXPECT_EQ(excitatory.format.mode, SignMode::excitatory);
  EXPECT_EQ(inhibitory.format.mode, SignMode::inhibitory);
  EXPECT_EQ(excitatory.format.bits, 8u);
}

// Loihi does not have 7 bits: 8 are stored, and with the largest exponent the spare one is at the
// end of the mantissa.
TEST(Quantiser, OneSignOfSevenBitsFitsWithTheLargestExponent) {
  const Chip loihi2 = load_chip(SPIKEFAB_SOURCE_DIR "/configs/chips/loihi2_like.yaml");
  struct Case {
    std::vector<float> weights;
    u32 bits;
  };
  const std::vector<Case> cases = {{{0.225f, 0.375f, 0.5775f, 0.75f}, 8},
                                   {{0.3f, 0.5f, 0.77f, 1.0f}, 7},
                                   {{-0.3f, -0.5f, -0.77f, -1.0f}, 7}};
  for (const Case& c : cases) {
    const QuantisedNetwork network = quantise(one_layer(4, integrate_and_fire(1), c.weights),
                                              steps_of_one(), loihi2, with_bits(c.bits));

    const ProjectionReport& report = network.report.layers[0].projections[0];
    EXPECT_EQ(report.format.bits, 8u);
    EXPECT_EQ(report.format.exponent, max_exponent);
    const auto relative = relative_weights(network);
    for (u32 i = 0; i < 4; ++i) {
      const i16 m = network.mantissa[i];
      EXPECT_EQ(stored_mantissa(m, report.format.mode, report.format.bits), m);
      EXPECT_NEAR(relative.at({i, 0}), double(c.weights[i]), 0.004) << "weight " << i;
    }
  }
}

// Random weights of one sign and of both, of any bits and scale: every mantissa can be stored.
TEST(Quantiser, EveryMantissaCanBeStored) {
  for (u64 seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed, 7);
    const i32 sign = random.between(-1, 1);
    std::vector<float> weights(8);
    for (float& weight : weights) {
      const i32 low = sign == 0 ? -100 : 1;
      weight = static_cast<float>(random.between(low, 100) * (sign == 0 ? 1 : sign)) / 100;
    }
    const u32 bits = static_cast<u32>(random.between(2, 8));
    const ScalePer scale = random.between(0, 1) == 1 ? ScalePer::layer : ScalePer::neuron;

    const QuantisedNetwork network =
        quantise(one_layer(4, integrate_and_fire(1), weights), steps_of_one(), large_chip("lif"),
                 with_bits(bits, scale));

    const WeightFormat& format = network.format(0, 0);
    EXPECT_LE(format.exponent, max_exponent);
    for (const i16 m : network.mantissa) {
      EXPECT_EQ(stored_mantissa(m, format.mode, format.bits), m);
    }
  }
}

// Steps with common zeros at their ends need fewer bits.
TEST(Quantiser, StoresNoMoreBitsThanTheWeightsHave) {
  const QuantisedNetwork network = quantise(one_layer(4, integrate_and_fire(), {1, -1, 1, 0.5f}),
                                            steps_of_one(), large_chip("loihi_lif"), with_bits(8));

  EXPECT_EQ(network.report.layers[0].projections[0].format.bits, 3u);  // -2, 1, 2
  EXPECT_EQ(network.report.layers[0].projections[0].weight_error, 0);
}

TEST(Quantiser, CutsOffWhatIsBeyondThePercentile) {
  std::vector<float> weights = random_weights(1000, 4);
  weights[17] = 50;
  QuantiserOptions all = with_bits(8);
  all.clip_percentile = 100;
  QuantiserOptions most = with_bits(8);
  most.clip_percentile = 99.5;
  const Network network = one_layer(1000, integrate_and_fire(), weights);

  const LayerReport whole =
      quantise(network, steps_of_one(), large_chip("lif"), all).report.layers[0];
  const LayerReport cut =
      quantise(network, steps_of_one(), large_chip("lif"), most).report.layers[0];

  EXPECT_EQ(whole.projections[0].clipped_share, 0);
  EXPECT_EQ(cut.clipping, "99.5 %");
  EXPECT_GT(cut.projections[0].clipped_share, 0.0005);
  EXPECT_LE(cut.projections[0].clipped_share, 0.006);
  EXPECT_GT(cut.scale, 20 * whole.scale);
}

// Of several cuts, the one with the least error is never worse than none.
TEST(Quantiser, ChoosesTheCutWithTheLeastError) {
  for (u64 seed = 0; seed < 20; ++seed) {
    std::vector<float> weights = random_weights(500, seed);
    for (float& weight : weights) weight = weight * weight * weight * weight * weight;
    const Network network = one_layer(500, integrate_and_fire(), weights);
    QuantiserOptions none = with_bits(4);
    none.clip_percentile = 100;

    const auto error = [&](const QuantiserOptions& options) {
      return quantise(network, steps_of_one(), large_chip("lif"), options)
          .report.layers[0]
          .projections[0]
          .weight_error;
    };

    EXPECT_LE(error(with_bits(4)), error(none)) << "seed " << seed;
  }
}

// One threshold register for a population whose thresholds differ: weights take that in.
TEST(Quantiser, OneScalePerLayerMeansOneThreshold) {
  Neurons neurons = integrate_and_fire();
  neurons.v_threshold.values = {0.5, 1, 2, 4};
  const std::vector<float> weights = {0.5, 1, 2, 4};  // one threshold each
  const QuantisedNetwork network = quantise(one_layer(1, neurons, weights), steps_of_one(),
                                            large_chip("loihi_lif"), with_bits(8));

  for (u64 n = 0; n < 4; ++n) {
    EXPECT_EQ(param(network, n, "threshold"), param(network, 0, "threshold"));
    EXPECT_DOUBLE_EQ(relative_weights(network).at({0, static_cast<u32>(n)}), 1);
  }
}

TEST(Quantiser, AScalePerNeuronServesNeuronsOfUnequalWeights) {
  std::vector<float> weights = random_weights(64 * 8, 3);
  for (u32 i = 0; i < weights.size(); ++i) weights[i] *= static_cast<float>(1 + i / 64) / 8;
  const Network network = one_layer(64, integrate_and_fire(), weights);

  const auto error = [&](ScalePer scale) {
    return quantise(network, steps_of_one(), large_chip("lif"), with_bits(4, scale))
        .report.layers[0]
        .projections[0]
        .weight_error;
  };

  EXPECT_LT(error(ScalePer::neuron), 0.8 * error(ScalePer::layer));
}

TEST(Quantiser, ScalesPerLayerWhereThresholdsAreProfiles) {
  Chip chip = large_chip("loihi_lif");
  chip.limits.threshold_profiles = 16;
  const Network network = one_layer(8, integrate_and_fire(), random_weights(32, 8));

  const QuantisedNetwork limited = quantise(network, steps_of_one(), chip);
  const QuantisedNetwork free = quantise(network, steps_of_one(), large_chip("loihi_lif"));

  EXPECT_NE(limited.report.layers[0].clipping, "per neuron");
  EXPECT_EQ(free.report.layers[0].clipping, "per neuron");
}

TEST(Quantiser, InputsOfATickNeverWrapOnLoihi) {
  u32 limited = 0;
  for (u64 seed = 1; seed <= 40; ++seed) {
    RandomStream random(seed, 5);
    const u32 inputs = static_cast<u32>(random.between(1, 3000));
    const std::vector<float> weights = random_weights(inputs * 2, seed, -200, 1000);
    Neurons neurons = cuba_fire(8, static_cast<double>(random.between(1, 20)), 2);
    QuantiserOptions options;
    options.input_count = static_cast<u32>(random.between(1, 3));
    const QuantisedNetwork network = quantise(one_layer(inputs, neurons, weights), steps_of_one(),
                                              large_chip("loihi_lif"), options);
    QuantisedSimulation simulation(network);
    std::vector<CalibrationRun::Event> all;
    for (u32 i = 0; i < inputs; ++i) all.push_back({0, i, options.input_count});
    for (u32 n = 0; n < network.neurons; ++n) {
      i64 sum = 0;
      i64 positive = 0;
      for (u64 s = network.synapse_begin[n]; s < network.synapse_begin[n + 1]; ++s) {
        const WeightFormat& format = network.format(0, 0);
        const i64 value =
            i64{synapse_value(network.mantissa[s], format.exponent)} * options.input_count;
        sum += value;
        positive += std::max(value, i64{0});
      }
      EXPECT_LE(positive, 32767) << "seed " << seed;
      // With everything active all the time, u stays at what it adds up to.
      const double lost =
          double(param(network, n, "decay_u") + param(network, n, "offset_u")) / 4096;
      EXPECT_LT(double(positive) * 64 / lost, 0x1p23);
      limited += positive > 15000;
    }
    EXPECT_GE(network.report.layers[0].input_margin, 1);
    EXPECT_GE(network.report.layers[0].current_margin, 1);
  }
  EXPECT_GT(limited, 5u);
}

TEST(Quantiser, LessActivityLeavesMoreOfTheWeights) {
  const Network network = one_layer(4000, integrate_and_fire(1), random_weights(4000, 6, 1, 1000));
  QuantiserOptions sparse;
  sparse.activity = 0.05;

  const QuantisedNetwork all = quantise(network, steps_of_one(), large_chip("loihi_lif"));
  const QuantisedNetwork few = quantise(network, steps_of_one(), large_chip("loihi_lif"), sparse);

  ASSERT_EQ(all.report.notes.size(), 1u);
  EXPECT_NE(all.report.notes[0].find("bits less than they have"), std::string::npos);
  EXPECT_TRUE(few.report.notes.empty());
  EXPECT_LT(few.report.layers[0].projections[0].weight_error,
            all.report.layers[0].projections[0].weight_error / 4);
}

TEST(Quantiser, DecaysAreRounded) {
  // dt / tau = 1 / 25 of 4096 is 163.84.
  const QuantisedNetwork loihi =
      quantise(one_layer(1, leaky_fire(25), {1}), steps_of_one(), large_chip("loihi_lif"));
  const QuantisedNetwork lif =
      quantise(one_layer(1, leaky_fire(25), {1}), steps_of_one(), large_chip("lif"));

  EXPECT_EQ(param(loihi, 0, "decay_v") + param(loihi, 0, "offset_v"), 164);
  EXPECT_EQ(param(loihi, 0, "decay_u") + param(loihi, 0, "offset_u"), 4096);
  EXPECT_EQ(param(lif, 0, "decay"), 2621);  // of 65536: 2621.44
  EXPECT_NEAR(loihi.report.layers[0].decay_error, 0.16 / 163.84, 1e-6);
  EXPECT_NEAR(lif.report.layers[0].decay_error, 0.44 / 2621.44, 1e-6);
}

// Rounded decays would change where a constant input leads; gains make up for it.
TEST(Quantiser, ConstantInputsEndWhereTheyDoInTheNetwork) {
  for (const char* model : {"lif", "loihi_lif"}) {
    for (const double tau : {2.3, 17.0, 150.0, 700.0}) {
      Neurons neurons = cuba_fire(tau, 3.7, 1);
      neurons.r.values = {0.9};
      const QuantisedNetwork network =
          quantise(one_layer(1, neurons, {0.625f}), steps_of_one(), large_chip(model));
      QuantisedSimulation simulation(network);

      for (u32 t = 0; t < 10000; ++t)
        simulation.tick(std::vector<CalibrationRun::Event>{{0, 0, 1}});

      const double v = simulation.potential(0) / network.report.layers[0].scale;
      EXPECT_NEAR(v, 0.9 * 0.625, 0.006) << model << " tau " << tau;
    }
  }
}

u64 count(const std::vector<std::vector<std::pair<u32, i32>>>& steps) {
  u64 sum = 0;
  for (const auto& step : steps) sum += step.size();
  return sum;
}

// Spikes of leaky neurons with everything that they can have, against floats.
TEST(Quantiser, LeakyNeuronsSpikeNearlyAsInFloats) {
  for (const char* model : {"lif", "loihi_lif"}) {
    Neurons neurons = cuba_fire(12, 5, 0.4);
    neurons.r.values = {1.1};
    neurons.w_in.values = {2};
    neurons.v_leak.values = {0.05};
    neurons.v_reset.values = {-0.1};
    std::vector<float> bias(20);
    for (u32 i = 0; i < bias.size(); ++i) bias[i] = 0.01f * static_cast<float>(i);
    const Network network = one_layer(30, neurons, random_weights(600, 11, -300, 700), bias);
    Semantics semantics = steps_of_one();
    semantics.decay = Decay::exact;
    semantics.synapse_decay = Decay::exact;
    const Steps steps = random_steps(network, 3, 500, 0.06);
    const QuantisedNetwork quantised = quantise(network, semantics, large_chip(model));

    const LayerSpikes on_chip = run_on_chip(assemble(quantised, place_network(quantised)), steps);

    const LayerSpikes in_float = run_in_float(network, semantics, steps);
    const u64 expected = count(in_float.at("neurons"));
    EXPECT_GT(expected, 1000u);
    EXPECT_NEAR(double(count(on_chip.at("neurons"))), double(expected), 0.01 * double(expected));
    u64 equal = 0;  // in their steps
    for (u32 t = 0; t < steps.size(); ++t) {
      const auto& chip = on_chip.at("neurons")[t];
      for (const auto& spike : in_float.at("neurons")[t]) {
        equal += std::find(chip.begin(), chip.end(), spike) != chip.end();
      }
    }
    EXPECT_GT(equal, expected * 8 / 10) << model;
  }
}

// A bias enters the chip's potential, not its current: it begins with what the current lacks.
TEST(Quantiser, BiasesOfSynapsesRiseAsCurrentsDo) {
  for (const char* model : {"lif", "loihi_lif"}) {
    NetworkBuilder b;  // the second population is one tick late
    const u32 in = b.input("in", {1});
    const u32 to_a = b.dense("to_a", 1, 1, {0.5f}, {0.3f});
    const u32 a = b.neurons("a", {1}, cuba_fire(20, 10, 0.2));
    const u32 to_b = b.dense("to_b", 1, 1, {0.5f}, {0.4f});
    const u32 second = b.neurons("b", {1}, cuba_fire(25, 12, 0.25));
    const u32 out = b.output("out", {1});
    const Network network = b.chain({in, to_a, a, to_b, second, out}).build();
    const Steps steps(60);
    const QuantisedNetwork quantised = quantise(network, steps_of_one(), large_chip(model));

    const LayerSpikes on_chip = run_on_chip(assemble(quantised, place_network(quantised)), steps);

    EXPECT_EQ(on_chip, run_in_float(network, steps_of_one(), steps)) << model;
    EXPECT_GE(count(on_chip.at("a")), 2u);
    EXPECT_GE(count(on_chip.at("b")), 2u);
    EXPECT_TRUE(quantised.report.notes.empty());
  }
}

TEST(Quantiser, ResetsToOtherValuesAreShifts) {
  for (const char* model : {"lif", "loihi_lif"}) {
    Neurons neurons = integrate_and_fire(1.5);
    neurons.v_reset.values = {0.25, -0.5, 0.75};
    const Network network =
        one_layer(2, neurons, {0.5f, 0.25f, 0.75f, 0.5f, 0.25f, 0.125f}, {0.0f, 0.0625f, 0.125f});
    const Steps steps = random_steps(network, 4, 100, 0.4);
    const QuantisedNetwork quantised =
        quantise(network, steps_of_one(), large_chip(model), with_bits(8));

    const LayerSpikes on_chip = run_on_chip(assemble(quantised, place_network(quantised)), steps);

    EXPECT_EQ(on_chip, run_in_float(network, steps_of_one(), steps)) << model;
    EXPECT_GT(count(on_chip.at("neurons")), 20u);
  }
}

TEST(Quantiser, SeveralSpikesInAStepAreAPayload) {
  Semantics semantics = steps_of_one(Reset::subtract);
  semantics.spikes_per_step = SpikesPerStep::many;
  semantics.clamp_below = true;
  const Network network = one_layer(2, integrate_and_fire(1), {2.75f, -3.0f});
  const Steps steps = {{{0, 0, 1}}, {{0, 1, 1}}, {{0, 0, 1}}, {{0, 0, 2}}, {}};
  const QuantisedNetwork quantised = quantise(network, semantics, large_chip("lif"));

  const LayerSpikes on_chip = run_on_chip(assemble(quantised, place_network(quantised)), steps);

  // v: 2.75 (2 spikes), 0.75 - 3 = -1 by the clamp, 1.75 (1), 0.75 + 5.5 = 6.25 (6), 0.25.
  EXPECT_EQ(on_chip.at("neurons"),
            (std::vector<std::vector<std::pair<u32, i32>>>{{{0, 2}}, {}, {{0, 1}}, {{0, 6}}, {}}));
  EXPECT_EQ(on_chip, run_in_float(network, semantics, steps));
}

TEST(Quantiser, ThresholdNodesKeepNothing) {
  for (const char* model : {"lif", "loihi_lif"}) {
    Neurons neurons;
    neurons.type = NeuronType::threshold;
    neurons.v_threshold.values = {0.5, 0, -0.25};
    const Network network = one_layer(1, neurons, {0.75f, -0.5f, -0.5f});
    const Steps steps = {{}, {{0, 0, 1}}, {}, {{0, 0, 1}}};
    const QuantisedNetwork quantised = quantise(network, steps_of_one(), large_chip(model));

    const LayerSpikes on_chip = run_on_chip(assemble(quantised, place_network(quantised)), steps);

    EXPECT_EQ(on_chip, run_in_float(network, steps_of_one(), steps)) << model;
    EXPECT_EQ(on_chip.at("neurons")[0], (std::vector<std::pair<u32, i32>>{{2, 1}}));
    EXPECT_EQ(on_chip.at("neurons")[1], (std::vector<std::pair<u32, i32>>{{0, 1}}));
  }
}

// Norse leaves the bias of a recurrent branch out until there is a first output.
TEST(Quantiser, RecurrentBiasesMayBeginLate) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 weights = b.dense("weights", 2, 1, {0.5f, 0.25f}, {0.25f, 0.125f});
  const u32 neurons = b.neurons("neurons", {2}, integrate_and_fire(1));
  const u32 back = b.dense("back", 2, 2, {0.25f, -0.5f, 0.125f, 0.0f}, {0.5f, 0.25f});
  const u32 out = b.output("out", {2});
  const Network network =
      b.chain({in, weights, neurons, out}).chain({neurons, back, neurons}).build();
  const Steps steps = random_steps(network, 8, 30, 0.4);
  for (const bool at_start : {true, false}) {
    Semantics semantics = steps_of_one();
    semantics.recurrent_bias_at_start = at_start;
    for (const char* model : {"lif", "loihi_lif"}) {
      const QuantisedNetwork quantised =
          quantise(network, semantics, large_chip(model), with_bits(8));

      const LayerSpikes on_chip = run_on_chip(assemble(quantised, place_network(quantised)), steps);

      EXPECT_EQ(on_chip, run_in_float(network, semantics, steps)) << model << at_start;
    }
  }
}

TEST(Quantiser, NotesCyclesThatTakeLongerOnAChip) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 to_a = b.dense("to_a", 1, 1, {2});
  const u32 a = b.neurons("a", {1}, integrate_and_fire());
  const u32 to_b = b.dense("to_b", 1, 1, {2});
  const u32 second = b.neurons("b", {1}, integrate_and_fire());
  const u32 back = b.dense("back", 1, 1, {2});
  const Network network = b.chain({in, to_a, a, to_b, second, back, a}).build();

  const QuantisedNetwork undelayed = quantise(network, steps_of_one(), large_chip("lif"));
  Semantics delayed = steps_of_one();
  delayed.forward_delay = 1;
  const QuantisedNetwork exact = quantise(network, delayed, large_chip("lif"));

  ASSERT_EQ(undelayed.report.notes.size(), 1u);
  EXPECT_NE(undelayed.report.notes[0].find("close a cycle and take 2 steps instead of 1"),
            std::string::npos)
      << undelayed.report.notes[0];
  EXPECT_TRUE(exact.report.notes.empty());
  const Steps steps = random_steps(network, 1, 40, 0.1);
  EXPECT_EQ(run_on_chip(assemble(exact, place_network(exact)), steps),
            run_in_float(network, delayed, steps));
}

// Numbers of any size, alone and mixed: a program or a reason, and nothing else.
TEST(Quantiser, AnyNumbersAreMappedOrRefused) {
  u32 mapped = 0;
  u32 refused = 0;
  for (u64 seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed, 6);
    const i32 spread = random.between(0, 12);
    const auto number = [&] {
      const double magnitude = std::pow(10.0, random.between(-spread, spread));
      return magnitude * random.between(-9, 9) / 4;
    };
    const auto above_zero = [&] { return std::abs(number()) + 1e-9; };
    Neurons neurons = cuba_fire(1 + above_zero(), 1 + above_zero(), number());
    neurons.r.values = {number()};
    neurons.w_in.values = {number()};
    neurons.v_leak.values = {number()};
    if (random.between(0, 1) == 1) neurons.v_reset.values = {number()};
    std::vector<float> weights(12);
    for (float& weight : weights) weight = static_cast<float>(number());
    const std::vector<float> bias(3, random.between(0, 1) == 1 ? static_cast<float>(number()) : 0);
    QuantiserOptions options;
    options.weight_bits = static_cast<u32>(random.between(1, 9));
    options.scale = random.between(0, 1) == 1 ? ScalePer::layer : ScalePer::neuron;
    options.activity = random.between(0, 1) == 1 ? 1 : 0.1;
    Semantics semantics =
        steps_of_one(random.between(0, 1) == 1 ? Reset::to_value : Reset::subtract);
    const char* model = semantics.reset == Reset::subtract ? "lif" : "loihi_lif";
    const Network network = one_layer(4, neurons, weights, bias);

    try {
      const QuantisedNetwork quantised = quantise(network, semantics, large_chip(model), options);
      assemble(quantised, place_network(quantised));  // checks the program
      QuantisedSimulation simulation(quantised);
      for (u32 t = 0; t < 20; ++t)
        simulation.tick(std::vector<CalibrationRun::Event>{{0, t % 4, 1}});
      ++mapped;
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(mapped, 50u);
  EXPECT_GT(refused, 50u);
}

double total_error(const QuantiserReport& report) {
  double sum = 0;
  for (const LayerReport& layer : report.layers) sum += layer.spike_error.value_or(0);
  return sum;
}

TEST(Quantiser, CalibrationIsNeverWorseThanTheErrorOfWeights) {
  NetworkBuilder b;
  const u32 in = b.input("in", {40});
  const auto heavy = [](u32 count, u64 seed) {
    std::vector<float> weights = random_weights(count, seed, -500, 1000);
    for (float& weight : weights) weight = weight * weight * weight;
    return weights;
  };
  const u32 to_a = b.dense("to_a", 30, 40, heavy(1200, 1));
  const u32 a = b.neurons("a", {30}, integrate_and_fire(1));
  const u32 to_b = b.dense("to_b", 10, 30, heavy(300, 2));
  const u32 second = b.neurons("b", {10}, integrate_and_fire(1));
  const u32 out = b.output("out", {10});
  const Network network = b.chain({in, to_a, a, to_b, second, out}).build();
  CalibrationRun run;
  run.steps = random_steps(network, 9, 200, 0.05);
  QuantiserOptions calibrated = with_bits(3);
  calibrated.calibration = {run};
  QuantiserOptions one_cut = calibrated;
  one_cut.clip_percentile = 100;

  const QuantiserReport best =
      quantise(network, steps_of_one(), large_chip("lif"), calibrated).report;
  const QuantiserReport none = quantise(network, steps_of_one(), large_chip("lif"), one_cut).report;

  ASSERT_TRUE(best.layers[0].spike_error.has_value());
  EXPECT_LT(total_error(best), total_error(none));
  EXPECT_LT(total_error(best), 0.2);
}

}  // namespace
}  // namespace spikefab::test
