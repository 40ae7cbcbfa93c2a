// Networks on chips: the spikes of the float simulation where both are exact, and the same spikes
// however the neurons are spread over cores.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/random.h"
#include "mapper/quantise/quantised_simulation.h"
#include "sim/engine.h"
#include "tests/support/small_network.h"

namespace spikefab::test {
namespace {

Semantics steps_of_one(Reset reset) {
  Semantics semantics;
  semantics.dt = 1;
  semantics.reset = reset;
  return semantics;
}

MappedNetwork map_network(const QuantisedNetwork& quantised, u32 neurons_per_core = 0) {
  return assemble(quantised,
                  place_network(quantised, {.choice = {}, .neurons_per_core = neurons_per_core}));
}

void expect_lossless(const QuantiserReport& report) {
  for (const LayerReport& layer : report.layers) {
    EXPECT_EQ(layer.bias_error, 0) << layer.name;
    for (const ProjectionReport& projection : layer.projections) {
      EXPECT_LT(projection.weight_error, 1e-6) << projection.from << " to " << layer.name;
      EXPECT_EQ(projection.clipped_share, 0);
      EXPECT_EQ(projection.lost, 0u);
    }
  }
}

u64 count(const LayerSpikes& spikes) {
  u64 sum = 0;
  for (const auto& [name, steps] : spikes) {
    for (const auto& step : steps) sum += step.size();
  }
  return sum;
}

TEST(AssembleNetwork, OneSynapseMakesOneSpike) {
  const Network network = one_layer(1, integrate_and_fire(1), {1.5f});
  const QuantisedNetwork quantised =
      quantise(network, steps_of_one(Reset::to_value), large_chip("loihi_lif"));

  const MappedNetwork mapped = map_network(quantised);

  ASSERT_EQ(mapped.inputs.size(), 1u);
  EXPECT_EQ(mapped.inputs[0].targets.size(), 1u);
  EXPECT_EQ(mapped.program.memory->synapse.size(), 1u);
  ASSERT_EQ(mapped.outputs.size(), 1u);
  ASSERT_EQ(mapped.outputs[0].terms.size(), 1u);
  EXPECT_EQ(mapped.outputs[0].terms[0].latency, 1);
  const LayerSpikes spikes = run_on_chip(mapped, {{}, {{0, 0, 1}}, {}});
  EXPECT_EQ(spikes.at("neurons"),
            (std::vector<std::vector<std::pair<u32, i32>>>{{}, {{0, 1}}, {}}));
}

TEST(AssembleNetwork, CountsArePayloads) {
  const Network network = one_layer(1, integrate_and_fire(1), {0.25f});
  const QuantisedNetwork quantised =
      quantise(network, steps_of_one(Reset::to_value), large_chip("loihi_lif"));
  const MappedNetwork mapped = map_network(quantised);

  const LayerSpikes by_four = run_on_chip(mapped, {{{0, 0, 4}}});
  const LayerSpikes by_five = run_on_chip(mapped, {{{0, 0, 5}}});

  EXPECT_TRUE(by_four.at("neurons")[0].empty());  // v = threshold is not above it
  EXPECT_EQ(by_five.at("neurons")[0].size(), 1u);
}

TEST(AssembleNetwork, OutputLinesShowTheSpikesOfTheirNeurons) {
  NetworkBuilder b;
  const u32 in = b.input("in", {2});
  const u32 weights = b.dense("weights", 3, 2, {2, 0, 0, 2, 2, 2});
  const u32 neurons = b.neurons("neurons", {3}, integrate_and_fire());
  const u32 out = b.output("out", {3});
  const u32 sum = b.dense("sum", 1, 3, {1, 10, 100}, {0.5f});
  const u32 summed = b.output("summed", {1});
  const Network network =
      b.chain({in, weights, neurons, out}).chain({neurons, sum, summed}).build();
  const MappedNetwork mapped =
      map_network(quantise(network, steps_of_one(Reset::to_value), large_chip("lif")));

  EXPECT_EQ(mapped.program.output_lines, 3u);
  EXPECT_EQ(mapped.program.output_position, mapped.program.chip.mesh.size() - 1);
  ASSERT_EQ(mapped.outputs.size(), 2u);
  EXPECT_EQ(mapped.outputs[0].term_begin, (std::vector<u64>{0, 1, 2, 3}));
  EXPECT_EQ(mapped.outputs[1].term_begin, (std::vector<u64>{0, 3}));
  EXPECT_EQ(mapped.outputs[1].terms[2].weight, 100);
  EXPECT_EQ(mapped.outputs[1].constant, std::vector<double>{0.5});
  for (u32 i = 0; i < 3; ++i) {
    EXPECT_EQ(mapped.outputs[0].terms[i].line, mapped.outputs[1].terms[i].line);
  }
}

// A chain of two layers and a way past the second one: what belongs to a step meets in one tick.
TEST(AssembleNetwork, ShortWaysWaitForLongOnes) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 to_a = b.dense("to_a", 1, 1, {2});
  const u32 a = b.neurons("a", {1}, integrate_and_fire());
  const u32 to_b = b.dense("to_b", 1, 1, {2});
  const u32 second = b.neurons("b", {1}, integrate_and_fire());
  const u32 to_c = b.dense("to_c", 1, 1, {0.75f});
  const u32 past = b.dense("past", 1, 1, {0.5f});
  const u32 direct = b.dense("direct", 1, 1, {0.25f});
  const u32 c = b.neurons("c", {1}, integrate_and_fire(1.375));
  const u32 out = b.output("out", {1});
  b.chain({in, to_a, a, to_b, second, to_c, c, out}).chain({a, past, c}).chain({in, direct, c});
  const Network network = b.build();
  const Semantics semantics = steps_of_one(Reset::to_value);
  const Steps steps = {{{0, 0, 1}}, {}, {}, {{0, 0, 1}}, {{0, 0, 1}}, {}};
  const QuantisedNetwork quantised = quantise(network, semantics, large_chip("loihi_lif"));

  const MappedNetwork mapped = map_network(quantised);

  EXPECT_EQ(mapped.layers[2].level, 2u);
  EXPECT_EQ(mapped.program.slots, 4u);  // the input is two ticks late to c
  const LayerSpikes spikes = run_on_chip(mapped, steps);
  EXPECT_EQ(spikes, run_in_float(network, semantics, steps));
  EXPECT_EQ(spikes.at("c")[0].size(), 1u);
}

TEST(AssembleNetwork, DelaysAreTicks) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 weights = b.dense("weights", 1, 1, {2});
  const u32 delay = b.delay("delay", {1}, 0.0031);  // of dt = 1 ms: rounded to 3 steps
  const u32 neurons = b.neurons("neurons", {1}, integrate_and_fire());
  const u32 out = b.output("out", {1});
  const Network network = b.chain({in, weights, delay, neurons, out}).build();
  Semantics semantics = steps_of_one(Reset::to_value);
  semantics.dt = 1e-3;
  const Steps steps = {{{0, 0, 1}}, {}, {}, {}, {}};
  const MappedNetwork mapped = map_network(quantise(network, semantics, large_chip("lif")));

  const LayerSpikes spikes = run_on_chip(mapped, steps);

  EXPECT_EQ(spikes.at("neurons")[3].size(), 1u);
  EXPECT_EQ(count(spikes), 1u);
  EXPECT_EQ(spikes, run_in_float(network, semantics, steps));
}

// [output][step][element], as a reader of the recording would have it.
using OutputValues = std::vector<std::vector<std::vector<double>>>;

OutputValues outputs_on_chip(const MappedNetwork& mapped, const Steps& steps) {
  StepStimulus builder(mapped);
  for (const auto& step : steps) {
    builder.begin_step();
    for (const auto& event : step) builder.add(event.input, event.index, event.count);
  }
  const Stimulus stimulus = builder.build();
  const auto engine = sim::make_engine("serial");
  engine->load(mapped.program, stimulus);
  sim::RecordPlan plan;
  plan.potentials = sim::Selection{};
  sim::Recording recording;
  engine->advance(stimulus.ticks, plan, recording);

  const u64 words = mapped.program.output_words();
  const auto shown = [&](const MappedTerm& term, u64 tick) -> double {
    if (term.line != output_bus) {
      const u64 word = recording.outputs[tick * words + term.line / word_bits];
      return double(word >> term.line % word_bits & 1);
    }
    for (const sim::Potential& p : recording.potentials) {
      if (p.tick == tick && p.position == term.position && p.neuron == term.neuron) return p.value;
    }
    return NAN;
  };
  OutputValues all;
  for (const MappedOutput& output : mapped.outputs) {
    auto& values = all.emplace_back();
    for (u64 step = 0; step < steps.size(); ++step) {
      std::vector<double> elements = output.constant;
      for (u64 i = 0; i < elements.size(); ++i) {
        for (u64 t = output.term_begin[i]; t < output.term_begin[i + 1]; ++t) {
          const MappedTerm& term = output.terms[t];
          const i64 tick = static_cast<i64>(step) + term.latency;
          if (tick >= 0) elements[i] += term.weight * shown(term, static_cast<u64>(tick));
        }
      }
      values.push_back(elements);
    }
  }
  return all;
}

OutputValues outputs_in_float(const Network& network, const Semantics& semantics,
                              const Steps& steps) {
  FloatSimulation simulation(network, semantics);
  OutputValues all(network.outputs().size());
  for (const auto& step : steps) {
    std::vector<InputElement> elements;
    for (const auto& e : step) elements.push_back({e.index, static_cast<float>(e.count)});
    simulation.set_input(network.inputs()[0], elements);
    simulation.step();
    for (u64 o = 0; o < all.size(); ++o) {
      const std::span<const float> values = simulation.output(network.outputs()[o]);
      all[o].emplace_back(values.begin(), values.end());
    }
  }
  return all;
}

// What an Output reads late, by Delay nodes or by output_delay, was done so many steps before: for
// spikes, for potentials, and for so many steps that it is before the first tick.
TEST(AssembleNetwork, OutputsAreLateByTheirDelays) {
  Neurons integrator = integrate_and_fire();
  integrator.type = NeuronType::integrator;
  integrator.v_threshold = {};
  NetworkBuilder b;
  const u32 in = b.input("in", {2});
  const u32 weights = b.dense("weights", 2, 2, {2, 0, 0, 2});
  const u32 neurons = b.neurons("neurons", {2}, integrate_and_fire());
  const u32 delay = b.delay("delay", {2}, 3);
  const u32 late = b.output("late", {2});
  const u32 at_once = b.output("at_once", {2});
  const u32 more = b.dense("more", 1, 2, {0.5f, 0.25f});
  const u32 values = b.neurons("values", {1}, integrator);
  const u32 value_delay = b.delay("value_delay", {1}, 4);
  const u32 late_values = b.output("late_values", {1});
  b.chain({in, weights, neurons, delay, late}).chain({neurons, at_once});
  const Network network = b.chain({neurons, more, values, value_delay, late_values}).build();
  const Steps steps = random_steps(network, 3, 25, 0.4);
  for (const u32 output_delay : {0u, 1u, 2u}) {
    SCOPED_TRACE(output_delay);
    Semantics semantics = steps_of_one(Reset::to_value);
    semantics.output_delay = output_delay;
    const MappedNetwork mapped = map_network(quantise(network, semantics, large_chip("lif")));

    const OutputValues on_chip = outputs_on_chip(mapped, steps);

    EXPECT_EQ(on_chip, outputs_in_float(network, semantics, steps));
    const i64 made = 1 - i64{output_delay};
    EXPECT_EQ(mapped.outputs[0].terms[0].latency, made - 3);
    EXPECT_EQ(mapped.outputs[1].terms[0].latency, made);
  }
}

TEST(AssembleNetwork, ValuesAreReadAsPotentials) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 weights = b.dense("weights", 1, 1, {0.5f});
  Neurons integrator = integrate_and_fire();
  integrator.type = NeuronType::integrator;
  integrator.v_threshold = {};
  const u32 neurons = b.neurons("neurons", {1}, integrator);
  const u32 out = b.output("out", {1});
  const Network network = b.chain({in, weights, neurons, out}).build();
  for (const char* model : {"lif", "loihi_lif"}) {
    const MappedNetwork mapped =
        map_network(quantise(network, steps_of_one(Reset::to_value), large_chip(model)));
    ASSERT_EQ(mapped.outputs[0].terms.size(), 1u);
    const MappedTerm& term = mapped.outputs[0].terms[0];
    StepStimulus builder(mapped);
    for (u32 t = 0; t < 3; ++t) {
      builder.begin_step();
      builder.add(0, 0, 3);
    }
    const auto engine = sim::make_engine("serial");
    engine->load(mapped.program, builder.build());
    sim::RecordPlan plan;
    plan.potentials = sim::Selection{};
    sim::Recording recording;

    engine->advance(3, plan, recording);

    EXPECT_EQ(term.line, output_bus);
    EXPECT_EQ(term.latency, 0);
    ASSERT_EQ(recording.potentials.size(), 3u);
    for (u32 t = 0; t < 3; ++t) {
      EXPECT_DOUBLE_EQ(term.weight * recording.potentials[t].value, 1.5 * (t + 1)) << model;
    }
  }
}

// Random networks of representable numbers, with the reset that each model has.
struct ExactCase {
  const char* model;
  Reset reset;
  ResetTiming timing;
};

class ExactNetworks : public testing::TestWithParam<ExactCase> {};

TEST_P(ExactNetworks, SpikeAsInFloats) {
  const ExactCase& exact = GetParam();
  Semantics semantics = steps_of_one(exact.reset);
  semantics.reset_timing = exact.timing;
  u64 spikes = 0;
  u32 recurrent = 0;
  u32 late = 0;
  for (u64 seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = random_network_of_sixteenths(seed);
    const Steps steps = random_steps(network, seed, 40, 0.2);
    const LayerSpikes in_float = run_in_float(network, semantics, steps);
    QuantiserOptions options;
    options.scale = ScalePer::layer;
    const QuantisedNetwork quantised =
        quantise(network, semantics, large_chip(exact.model), options);
    expect_lossless(quantised.report);
    EXPECT_TRUE(quantised.report.notes.empty());

    const LayerSpikes on_chip = run_on_chip(map_network(quantised), steps);

    EXPECT_EQ(on_chip, in_float);
    spikes += count(in_float);
    for (const Node& node : network.nodes) {
      recurrent += node.name.ends_with("_back");
      late += node.name.ends_with("_delay");
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(spikes, 5000u);  // else the test says nothing
  EXPECT_GT(recurrent, 10u);
  EXPECT_GT(late, 10u);
}

INSTANTIATE_TEST_SUITE_P(
    Models, ExactNetworks,
    testing::Values(ExactCase{"loihi_lif", Reset::to_value, ResetTiming::same_step},
                    ExactCase{"loihi_lif", Reset::to_value, ResetTiming::next_step},
                    ExactCase{"lif", Reset::to_value, ResetTiming::same_step},
                    ExactCase{"lif", Reset::to_value, ResetTiming::next_step},
                    ExactCase{"lif", Reset::subtract, ResetTiming::same_step},
                    ExactCase{"lif", Reset::subtract, ResetTiming::next_step}),
    [](const auto& test) {
      return std::string(test.param.model) +
             (test.param.reset == Reset::subtract ? "_subtract" : "_to_value") +
             (test.param.timing == ResetTiming::next_step ? "_next_step" : "");
    });

// One neuron per core, some, and as many as fit.
TEST(AssembleNetwork, SpikesDoNotDependOnThePartition) {
  const Semantics semantics = steps_of_one(Reset::subtract);
  for (u64 seed = 100; seed < 115; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = random_network_of_sixteenths(seed);
    const Steps steps = random_steps(network, seed, 30, 0.2);
    const QuantisedNetwork quantised = quantise(network, semantics, large_chip("lif"));
    const MappedNetwork whole = map_network(quantised);
    const MappedNetwork single = map_network(quantised, 1);
    const MappedNetwork some = map_network(quantised, 7);

    const LayerSpikes expected = run_on_chip(whole, steps);

    EXPECT_EQ(whole.cores.size(), 1u);
    EXPECT_EQ(single.cores.size(), quantised.neurons);
    EXPECT_EQ(run_on_chip(single, steps), expected);
    EXPECT_EQ(run_on_chip(some, steps), expected);
  }
}

// Every synapse of the quantised network is in the program exactly once, and nothing else.
TEST(AssembleNetwork, HoldsEverySynapseOnce) {
  for (u64 seed = 200; seed < 220; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Network network = random_network_of_sixteenths(seed);
    const QuantisedNetwork quantised =
        quantise(network, steps_of_one(Reset::to_value), large_chip("lif"));
    const Placement placement = place_network(quantised, {.choice = {}, .neurons_per_core = 5});

    const MappedNetwork mapped = assemble(quantised, placement);

    // From source (neurons by position and number, inputs by events) to neuron.
    using Key = std::tuple<u64, u64, u32, i32>;  // source, neuron, delay, value
    std::multiset<Key> wanted;
    for (u32 n = 0; n < quantised.neurons; ++n) {
      const u32 layer = quantised.layer_of_neuron(n);
      for (u64 s = quantised.synapse_begin[n]; s < quantised.synapse_begin[n + 1]; ++s) {
        const WeightFormat& format =
            quantised.format(quantised.layer_of_source(quantised.source[s]), layer);
        wanted.insert({quantised.source[s], n, quantised.delay[s],
                       synapse_value(quantised.mantissa[s], format.exponent)});
      }
    }
    std::multiset<Key> have;
    const SynapticMemory& memory = *mapped.program.memory;
    const auto add_axon = [&](u64 source, u32 core, u32 axon) {
      const u64 row = memory.axon_begin[core] + axon;
      for (u32 i = memory.row_begin[row]; i < memory.row_begin[row + 1]; ++i) {
        const StoredSynapse synapse = unpacked(memory.synapse[i]);
        have.insert({source, placement.cores[core].neurons[synapse.accumulator], synapse.delay,
                     synapse_value(synapse.mantissa, synapse.exponent)});
      }
    };
    u64 source = 0;
    for (const MappedInput& input : mapped.inputs) {
      for (u64 i = 0; i + 1 < input.target_begin.size(); ++i, ++source) {
        for (u64 t = input.target_begin[i]; t < input.target_begin[i + 1]; ++t) {
          add_axon(source, input.targets[t].position, input.targets[t].axon);
        }
      }
    }
    for (u32 core = 0; core < placement.cores.size(); ++core) {
      for (u32 i = 0; i < placement.cores[core].neurons.size(); ++i) {
        const u64 n = mapped.program.neuron_begin[core] + i;
        for (u64 t = memory.target_begin[n]; t < memory.target_begin[n + 1]; ++t) {
          if (memory.target_core[t] == output_bus) continue;
          add_axon(quantised.input_elements + placement.cores[core].neurons[i],
                   memory.target_core[t], memory.target_axon[t]);
        }
      }
    }
    EXPECT_EQ(have, wanted);
    EXPECT_EQ(memory.synapse.size(), wanted.size());
  }
}

// With leaks and currents, where floats and the chip differ by rounding: the same integers, neuron
// by neuron and on cores.
TEST(AssembleNetwork, IsTheQuantisedNetworkOnCores) {
  RandomStream random(7);
  for (const char* model : {"lif", "loihi_lif"}) {
    NetworkBuilder b;
    const auto weights = [&](u32 count) {
      std::vector<float> values(count);
      for (float& value : values) value = static_cast<float>(random.between(-600, 1000)) / 1000;
      return values;
    };
    const u32 in = b.input("in", {6});
    const u32 to_a = b.dense("to_a", 9, 6, weights(54), std::vector<float>(9, 0.05f));
    const u32 a = b.neurons("a", {9}, cuba_fire(7, 3, 0.3));
    const u32 to_b = b.dense("to_b", 5, 9, weights(45), std::vector<float>(5, 0.1f));
    const u32 leaky = b.neurons("b", {5}, leaky_fire(9, 0.2));
    const u32 back = b.dense("back", 5, 5, weights(25));
    const u32 out = b.output("out", {5});
    const Network network =
        b.chain({in, to_a, a, to_b, leaky, out}).chain({leaky, back, leaky}).build();
    Semantics semantics = steps_of_one(Reset::to_value);
    semantics.decay = Decay::exact;
    const Steps steps = random_steps(network, 5, 200, 0.3);
    const QuantisedNetwork quantised = quantise(network, semantics, large_chip(model));
    QuantisedSimulation simulation(quantised);

    const LayerSpikes on_chip = run_on_chip(map_network(quantised, 4), steps);

    LayerSpikes expected;
    for (const QuantisedLayer& layer : quantised.layers) expected[layer.name].resize(steps.size());
    for (u64 t = 0; t < steps.size() + 1; ++t) {
      simulation.tick(t < steps.size() ? std::span(steps[t])
                                       : std::span<const CalibrationRun::Event>());
      for (const QuantisedLayer& layer : quantised.layers) {
        if (t < layer.level || t - layer.level >= steps.size()) continue;
        for (u32 i = 0; i < layer.size; ++i) {
          const i32 payload = simulation.sent()[layer.first + i];
          if (payload != 0) expected[layer.name][t - layer.level].emplace_back(i, payload);
        }
      }
    }
    EXPECT_EQ(on_chip, expected);
    EXPECT_GT(count(expected), 200u);
  }
}

}  // namespace
}  // namespace spikefab::test
