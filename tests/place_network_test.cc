// Neurons on cores: no limit of the chip is ever broken, whatever the network; each limit has its
// message; neighbours share cores.
#include "mapper/place_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "tests/support/small_network.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Semantics steps_of_one() {
  Semantics semantics;
  semantics.dt = 1;
  return semantics;
}

QuantisedNetwork quantised(const Network& network, const Chip& chip) {
  return quantise(network, steps_of_one(), chip);
}

template <class Action>
std::string fit_error(const Action& action) {
  try {
    action();
  } catch (const FitError& error) {
    return error.what();
  }
  return "no FitError";
}

// What is placed on a core, counted in the most direct way.
void expect_within_limits(const QuantisedNetwork& network, const PlannedCore& core,
                          const Placement& placement) {
  const Chip& chip = network.chip;
  const SynapticLimits& limits = chip.limits;
  std::set<u32> sources;
  std::set<std::tuple<u32, i32, int, u32>> formats;
  std::map<u32, std::vector<std::pair<u32, WeightFormat>>> rows;
  u64 synapses = 0;
  u32 longest = 0;
  for (u32 i = 0; i < core.neurons.size(); ++i) {
    const u32 n = core.neurons[i];
    const u32 layer = network.layer_of_neuron(n);
    for (u64 s = network.synapse_begin[n]; s < network.synapse_begin[n + 1]; ++s) {
      const WeightFormat& format =
          network.format(network.layer_of_source(network.source[s]), layer);
      sources.insert(network.source[s]);
      formats.insert(
          {format.bits, format.exponent, static_cast<int>(format.mode), format.delay_bits});
      rows[network.source[s]].push_back({i, format});
      longest = std::max<u32>(longest, network.delay[s]);
      ++synapses;
    }
  }
  u64 words = limits.storage == SynapseStorage::packed ? divide_up(synapses, 2) : 0;
  if (limits.storage == SynapseStorage::loihi) {
    for (const auto& [source, row] : rows) {
      LoihiAxon axon;
      for (const auto& [i, format] : row) {
        const u32 kind = format.bits << 16 | static_cast<u32>(format.exponent + 8) << 8 |
                         static_cast<u32>(format.mode) << 4 | format.delay_bits;
        axon.push(i, kind, stored_weight_bits(format.bits) + format.delay_bits);
      }
      EXPECT_LE(axon.words(), max_axon_words);
      words += axon.words();
    }
  }
  std::set<u32> placed_on;  // this core's neurons
  u64 output_axons = 0;
  for (const u32 n : core.neurons) placed_on.insert(n);
  for (const PlannedCore& other : placement.cores) {
    std::set<u32> reached;
    for (const u32 target : other.neurons) {
      for (u64 s = network.synapse_begin[target]; s < network.synapse_begin[target + 1]; ++s) {
        const u64 source = network.source[s];
        if (source < network.input_elements) continue;
        const u32 n = static_cast<u32>(source - network.input_elements);
        if (placed_on.contains(n)) reached.insert(n);
      }
    }
    output_axons += reached.size();
  }
  for (const u32 n : neurons_on_the_bus(network)) output_axons += placed_on.contains(n);

  EXPECT_EQ(core.use.neurons, core.neurons.size());
  EXPECT_EQ(core.use.axons, sources.size());
  EXPECT_EQ(core.use.output_axons, output_axons);
  EXPECT_EQ(core.use.synapses, synapses);
  EXPECT_EQ(core.use.words, words);
  EXPECT_EQ(core.use.weight_formats, formats.size());
  EXPECT_LE(core.neurons.size(), chip.neurons);
  EXPECT_LE(sources.size(), chip.axons);
  EXPECT_LE(output_axons, limits.output_axons);
  EXPECT_LE(longest, limits.max_delay);
  EXPECT_LE(core.neurons.size() * std::bit_ceil(longest + 2), limits.accumulators);
  if (limits.words > 0) {
    EXPECT_LE(words, limits.words);
  }
  if (limits.weight_formats > 0) {
    EXPECT_LE(formats.size(), limits.weight_formats);
  }
  std::set<std::vector<i32>> core_wide;
  std::set<std::vector<i32>> profiles;
  std::set<i32> thresholds;
  const ModelOutline outline = model_outline(chip);
  const auto value = [&](u32 n, std::string_view name) {
    for (u32 k = 0; k < outline.params.size(); ++k) {
      if (outline.params[k].name == name) return network.neuron_param[k * network.neurons + n];
    }
    return 0;
  };
  for (const u32 n : core.neurons) {
    core_wide.insert({value(n, "offset_u"), value(n, "offset_v")});
    profiles.insert({value(n, "decay_u"), value(n, "decay_v"), value(n, "decay"),
                     value(n, "decay_current"), value(n, "refractory_delay")});
    thresholds.insert(value(n, "threshold"));
  }
  EXPECT_EQ(core_wide.size(), 1u);
  if (limits.neuron_profiles > 0) {
    EXPECT_LE(profiles.size(), limits.neuron_profiles);
  }
  if (limits.threshold_profiles > 0) {
    EXPECT_LE(thresholds.size(), limits.threshold_profiles);
  }
}

// A chip with random, tight limits.
Chip random_chip(u64 seed) {
  RandomStream random(seed, 9);
  Chip chip = large_chip(seed % 2 == 0 ? "lif" : "loihi_lif");
  const auto between = [&](i32 low, i32 high) {
    return static_cast<u32>(random.between(low, high));
  };
  chip.neurons = between(1, 40);
  chip.axons = between(110, 300);
  chip.limits.storage = between(0, 1) == 0 ? SynapseStorage::packed : SynapseStorage::loihi;
  chip.limits.output_axons = between(30, 200);
  chip.limits.accumulators = between(64, 512);
  chip.limits.words = between(0, 2) == 0 ? 0 : between(130, 600);
  chip.limits.weight_formats = between(3, 6);
  chip.limits.threshold_profiles = between(0, 3);
  chip.limits.neuron_profiles = between(1, 4);
  return chip;
}

TEST(PlaceNetwork, BreaksNoLimit) {
  u64 cores = 0;
  u64 networks = 0;
  for (u64 seed = 1; seed <= 120; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const QuantisedNetwork network =
        quantised(random_network_of_sixteenths(seed), random_chip(seed));
    Placement placement;
    try {
      placement = place_network(network);
    } catch (const FitError&) {
      continue;  // a neuron alone may be too much
    }
    std::set<u32> placed;
    for (const PlannedCore& core : placement.cores) {
      expect_within_limits(network, core, placement);
      for (const u32 n : core.neurons) EXPECT_TRUE(placed.insert(n).second);
    }
    EXPECT_EQ(placed.size(), network.neurons);
    cores += placement.cores.size();
    ++networks;
    if (HasFailure()) break;
  }
  EXPECT_GT(networks, 60u);
  EXPECT_GT(cores, 500u);
}

TEST(PlaceNetwork, IsRepeatable) {
  const QuantisedNetwork network = quantised(random_network_of_sixteenths(5), random_chip(4));

  const Placement first = place_network(network);
  const Placement second = place_network(network);

  ASSERT_EQ(first.cores.size(), second.cores.size());
  for (std::size_t c = 0; c < first.cores.size(); ++c) {
    EXPECT_EQ(first.cores[c].neurons, second.cores[c].neurons);
  }
}

// A map of 2 channels, 8 x 8: a core of 32 neurons holds both channels of a square of 4 x 4.
TEST(PlaceNetwork, MapsAreWalkedInSquaresWithAllChannels) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1, 8, 8});
  Convolution kernel;
  kernel.window.kernel = {3, 3};
  kernel.window.padding = {1, 1};
  kernel.weight.assign(18, 0.5f);
  const u32 convolution = b.convolution("kernel", {1, 8, 8}, {2, 8, 8}, kernel);
  const u32 neurons = b.neurons("map", {2, 8, 8}, integrate_and_fire());
  const u32 out = b.output("out", {2, 8, 8});
  Chip chip = large_chip("loihi_lif");
  chip.neurons = 32;
  const QuantisedNetwork network =
      quantised(b.chain({in, convolution, neurons, out}).build(), chip);

  const Placement placement = place_network(network);

  ASSERT_EQ(placement.cores.size(), 4u);
  for (const PlannedCore& core : placement.cores) {
    std::set<u32> rows;
    std::set<u32> columns;
    std::set<u32> channels;
    for (const u32 n : core.neurons) {
      channels.insert(n / 64);
      rows.insert(n % 64 / 8);
      columns.insert(n % 8);
    }
    EXPECT_EQ(channels.size(), 2u);
    EXPECT_EQ(rows.size(), 4u);
    EXPECT_EQ(columns.size(), 4u);
    EXPECT_EQ(core.use.axons, 25u);  // 5 x 5 of the input: two sides are at the edge
  }
}

TEST(PlaceNetwork, OneCoreHoldsSeveralLayers) {
  NetworkBuilder b;
  const u32 in = b.input("in", {2});
  const u32 to_a = b.dense("to_a", 3, 2, std::vector<float>(6, 1));
  const u32 a = b.neurons("a", {3}, integrate_and_fire());
  const u32 to_b = b.dense("to_b", 2, 3, std::vector<float>(6, 1));
  const u32 second = b.neurons("b", {2}, integrate_and_fire());
  const u32 out = b.output("out", {2});

  const Placement placement = place_network(
      quantised(b.chain({in, to_a, a, to_b, second, out}).build(), large_chip("loihi_lif")));

  ASSERT_EQ(placement.cores.size(), 1u);
  EXPECT_EQ(placement.cores[0].use.axons, 5u);
  EXPECT_EQ(placement.cores[0].use.output_axons, 5u);
}

// Three populations with time constants of their own.
TEST(PlaceNetwork, NeuronProfilesAreLimited) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  u32 before = in;
  for (const double tau : {5.0, 10.0, 20.0}) {
    const std::string name = "tau" + std::to_string(static_cast<u32>(tau));
    const u32 weights = b.dense("to_" + name, 1, 1, {2});
    const u32 neurons = b.neurons(name, {1}, leaky_fire(tau));
    b.chain({before, weights, neurons});
    before = neurons;
  }
  Chip chip = large_chip("loihi_lif");
  const auto cores = [&](u32 profiles) {
    chip.limits.neuron_profiles = profiles;
    return place_network(quantised(b.build(), chip)).cores.size();
  };

  EXPECT_EQ(cores(0), 1u);
  EXPECT_EQ(cores(3), 1u);
  EXPECT_EQ(cores(2), 2u);
  EXPECT_EQ(cores(1), 3u);
}

TEST(PlaceNetwork, ThresholdProfilesAreLimited) {
  RandomStream random(4);
  std::vector<float> weights(20 * 5);
  for (float& weight : weights) weight = static_cast<float>(random.between(1, 1000)) / 700;
  Chip chip = large_chip("loihi_lif");
  QuantiserOptions options;
  options.scale = ScalePer::neuron;
  const auto cores = [&](u32 profiles) {
    chip.limits.threshold_profiles = profiles;
    return place_network(
               quantise(one_layer(5, integrate_and_fire(), weights), steps_of_one(), chip, options))
        .cores.size();
  };

  EXPECT_EQ(cores(20), 1u);
  EXPECT_EQ(cores(4), 5u);  // 20 neurons, all different
}

// Decay 0 needs offset 0, a potential without memory needs offset 1.
TEST(PlaceNetwork, RegistersOfACoreAreNotShared) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 to_a = b.dense("to_a", 1, 1, {2});
  const u32 a = b.neurons("a", {1}, integrate_and_fire());
  const u32 to_b = b.dense("to_b", 1, 1, {2});
  Neurons memoryless;
  memoryless.type = NeuronType::threshold;
  memoryless.v_threshold.values = {1};
  const u32 second = b.neurons("b", {1}, memoryless);
  const u32 out = b.output("out", {1});
  const Network network = b.chain({in, to_a, a, to_b, second, out}).build();

  EXPECT_EQ(place_network(quantised(network, large_chip("loihi_lif"))).cores.size(), 2u);
  EXPECT_EQ(place_network(quantised(network, large_chip("lif"))).cores.size(), 1u);
}

// Each neuron feeds four of its own layer, which are not placed when it is: cores with too many of
// them on other cores are seen afterwards, and split.
TEST(PlaceNetwork, SplitsCoresWithTooManyOutputAxons) {
  const u32 count = 32;
  std::vector<float> ring(count * count);
  for (u32 from = 0; from < count; ++from) {
    for (u32 k = 1; k <= 4; ++k) ring[(from + k) % count * count + from] = 0.5f;
  }
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 weights = b.dense("weights", count, 1, std::vector<float>(count, 2));
  const u32 neurons = b.neurons("ring", {count}, integrate_and_fire());
  const u32 back = b.dense("back", count, count, ring);
  Chip chip = large_chip("loihi_lif");
  chip.neurons = 8;
  const QuantisedNetwork roomy =
      quantised(b.chain({in, weights, neurons, back, neurons}).build(), chip);
  chip.limits.output_axons = 10;  // 8 neurons reach 11, 4 reach 8
  const QuantisedNetwork tight = quantised(b.build(), chip);

  const Placement before = place_network(roomy);
  const Placement placement = place_network(tight);

  EXPECT_EQ(before.cores.size(), 4u);
  EXPECT_EQ(before.cores[0].use.output_axons, 11u);
  EXPECT_EQ(placement.cores.size(), 8u);
  for (const PlannedCore& core : placement.cores) expect_within_limits(tight, core, placement);
}

// One axon to 2000 neurons of 8 bits: with what is in front of each 60, more than 256 words.
TEST(PlaceNetwork, AnAxonHasAtMost256WordsOnACore) {
  const u32 count = 2000;
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  std::vector<float> weight(count);
  for (u32 i = 0; i < count; ++i) weight[i] = static_cast<float>(i % 100 + 1) / 64;
  const u32 dense = b.dense("dense", count, 1, weight);
  const u32 neurons = b.neurons("neurons", {count}, integrate_and_fire());
  Chip chip = large_chip("loihi_lif");
  chip.limits.storage = SynapseStorage::loihi;

  const Placement placement = place_network(quantised(b.chain({in, dense, neurons}).build(), chip));

  ASSERT_EQ(placement.cores.size(), 2u);
  EXPECT_EQ(placement.cores[1].use.words, max_axon_words);
}

Network wide(u32 inputs, u32 neurons = 1) {
  std::vector<float> weight(u64{inputs} * neurons);
  for (u32 i = 0; i < weight.size(); ++i) weight[i] = static_cast<float>(i % 7 + 1) / 8;
  return one_layer(inputs, integrate_and_fire(4), weight);
}

struct LimitCase {
  const char* name;
  void (*tighten)(Chip&);
  const char* message;
};

class PlaceNetworkMessages : public testing::TestWithParam<LimitCase> {};

TEST_P(PlaceNetworkMessages, NameLayerNeuronHaveAndNeed) {
  Chip chip = large_chip("loihi_lif");
  GetParam().tighten(chip);
  const QuantisedNetwork network = quantised(wide(100), chip);

  EXPECT_THAT(fit_error([&] { place_network(network); }),
              AllOf(HasSubstr("test.nir: layer 'neurons', neuron 0 alone needs"),
                    HasSubstr(GetParam().message), HasSubstr("a core of chip 'large' has")));
}

INSTANTIATE_TEST_SUITE_P(
    Limits, PlaceNetworkMessages,
    testing::Values(
        LimitCase{"axons", [](Chip& c) { c.axons = 99; },
                  "100 input axons; a core of chip 'large' has 99"},
        LimitCase{"packed", [](Chip& c) { c.limits.words = 49; },
                  "50 words of synaptic memory; a core of chip 'large' has 49 (what helps: fewer "
                  "weight bits, or fewer inputs per neuron)"},
        LimitCase{"loihi",
                  [](Chip& c) {
                    c.limits.words = 99;
                    c.limits.storage = SynapseStorage::loihi;
                  },
                  "100 words of synaptic memory; a core of chip 'large' has 99"},
        LimitCase{"accumulators", [](Chip& c) { c.limits.accumulators = 1; },
                  "2 accumulators; a core of chip 'large' has 1 (what helps: shorter delays)"},
        LimitCase{"output_axons", [](Chip& c) { c.limits.output_axons = 0; },
                  "1 output axons; a core of chip 'large' has 0"}),
    [](const auto& test) { return test.param.name; });

TEST(PlaceNetworkMessages, WeightFormatsOfOneNeuron) {
  NetworkBuilder b;
  const u32 first = b.input("first", {1});
  const u32 second = b.input("second", {1});
  const u32 a = b.dense("a", 1, 1, {1.0f});
  const u32 c = b.dense("c", 1, 1, {-1.0f});
  const u32 neurons = b.neurons("neurons", {1}, integrate_and_fire());
  Chip chip = large_chip("loihi_lif");
  chip.limits.weight_formats = 1;
  const QuantisedNetwork network =
      quantised(b.chain({first, a, neurons}).chain({second, c, neurons}).build(), chip);

  EXPECT_THAT(fit_error([&] { place_network(network); }),
              HasSubstr("neuron 0 alone needs 2 weight formats; a core of chip 'large' has 1"));
}

// Equal weights, but only one way has delay bits.
TEST(PlaceNetworkMessages, DelayBitsAreAnotherWeightFormat) {
  NetworkBuilder b;
  const u32 first = b.input("first", {1});
  const u32 second = b.input("second", {1});
  const u32 a = b.dense("a", 1, 1, {1.0f});
  const u32 c = b.dense("c", 1, 1, {1.0f});
  const u32 delay = b.delay("delay", {1}, 3);
  const u32 neurons = b.neurons("neurons", {1}, integrate_and_fire());
  Chip chip = large_chip("loihi_lif");
  chip.limits.weight_formats = 1;
  const QuantisedNetwork network =
      quantised(b.chain({first, a, neurons}).chain({second, c, delay, neurons}).build(), chip);

  EXPECT_THAT(fit_error([&] { place_network(network); }),
              HasSubstr("neuron 0 alone needs 2 weight formats; a core of chip 'large' has 1"));
}

TEST(PlaceNetworkMessages, TheOutputBusHasTooFewLines) {
  const u32 count = max_outputs + 1;
  const Network network = one_layer(1, integrate_and_fire(), std::vector<float>(count, 2.0f));
  const QuantisedNetwork many = quantised(network, large_chip("lif"));

  EXPECT_EQ(fit_error([&] { place_network(many); }),
            "test.nir: its outputs read 65537 neurons; the output bus has up to 65536 lines");
}

TEST(PlaceNetworkMessages, AStimulusCannotNameAllAxons) {
  const u32 inputs = (1 << 16) + 1;
  const Network network =
      one_layer(inputs, integrate_and_fire(1e4), std::vector<float>(inputs, 1.0f));
  const QuantisedNetwork wide_core = quantised(network, large_chip("lif"));

  EXPECT_THAT(fit_error([&] { assemble(wide_core, place_network(wide_core)); }),
              HasSubstr("core 0 has 65537 axons for inputs or more; a stimulus can name 65536"));
}

TEST(PlaceNetworkMessages, TheMeshIsTooSmall) {
  Chip chip = large_chip("loihi_lif");
  chip.mesh.width = 2;
  chip.mesh.height = 2;
  chip.neurons = 3;
  const QuantisedNetwork network = quantised(wide(4, 12), chip);

  EXPECT_EQ(fit_error([&] { place_network(network); }),
            "test.nir: needs 4 cores ('neurons' 4); chip 'large' has 3 (a mesh of 2 x 2, less 1 "
            "for the output bus); 3 cores are full by their neurons; a larger mesh, or a chip with "
            "larger cores, has room");
}

TEST(PlaceNetworkMessages, TheMeshIsJustLargeEnough) {
  Chip chip = large_chip("loihi_lif");
  chip.mesh.width = 2;
  chip.mesh.height = 2;
  chip.neurons = 4;

  EXPECT_EQ(place_network(quantised(wide(4, 12), chip)).cores.size(), 3u);
}

TEST(PlaceNetworkMessages, ADelayIsTooLong) {
  NetworkBuilder b;
  const u32 in = b.input("in", {1});
  const u32 weights = b.dense("weights", 1, 1, {1});
  const u32 delay = b.delay("delay", {1}, 8);
  const u32 neurons = b.neurons("neurons", {1}, integrate_and_fire());
  Chip chip = large_chip("loihi_lif");
  chip.limits.max_delay = 7;
  const Network network = b.chain({in, weights, delay, neurons}).build();

  EXPECT_THAT(fit_error([&] { quantised(network, chip); }),
              AllOf(HasSubstr("synapses from 'in' to 'neurons' need a delay of 8 ticks"),
                    HasSubstr("chip 'large' has up to 7")));
  chip.limits.max_delay = 8;
  EXPECT_NO_THROW(place_network(quantised(network, chip)));
}

}  // namespace
}  // namespace spikefab::test
