// Described networks: the counts of the networks for comparing mappings, what is random but the
// same, and what is said about bad files.
#include "mapper/described/described_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <set>

#include "base/error.h"
#include "mapper/described/random_synapses.h"
#include "mapper/float_simulation.h"
#include "mapper/mapping/spike_graph.h"
#include "mapper/quantise/quantiser.h"
#include "tests/support/sanitized.h"
#include "tests/support/small_network.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

const std::string folder = SPIKEFAB_SOURCE_DIR "/configs/benchmarks/mapping/";

DescribedNetwork load_text(const std::string& text) {
  const TempFolder temp;
  return load_described_network(temp.write("n.yaml", text));
}

// Without the folder of the file.
std::string problem_of(const std::string& text) {
  const TempFolder temp;
  const std::string path = temp.write("n.yaml", text);
  try {
    load_described_network(path);
  } catch (const InputError& error) {
    std::string what = error.what();
    const std::string prefix = temp.path() + "/";
    for (auto at = what.find(prefix); at != std::string::npos; at = what.find(prefix)) {
      what.erase(at, prefix.size());
    }
    return what;
  }
  return "";
}

// Pairs of neurons.
u64 synapses_between_neurons(const SpikeGraph& graph) {
  return graph.synapses() - graph.target_begin[graph.inputs];
}

// --- The networks for comparing mappings --------------------------------------------------------

struct Shipped {
  const char* name;
  u64 neurons;
  u64 synapses;
  bool large = false;  // too slow with sanitizers
};

void PrintTo(const Shipped& shipped, std::ostream* out) { *out << shipped.name; }

class ShippedNetwork : public testing::TestWithParam<Shipped> {};

TEST_P(ShippedNetwork, HasItsNeuronsAndSynapses) {
  const Shipped& expected = GetParam();
  if (is_sanitized && expected.large) GTEST_SKIP() << "too large a network for sanitizers";

  const DescribedNetwork described =
      load_described_network(folder + expected.name + std::string(".yaml"));
  const SpikeGraph graph = graph_of(described.network);

  EXPECT_EQ(described.name, expected.name);
  EXPECT_EQ(described.rate_of_population.size(), described.network.populations().size());
  EXPECT_EQ(graph.neurons, expected.neurons);
  EXPECT_EQ(synapses_between_neurons(graph), expected.synapses);
}

// Counted by hand: inputs x outputs, and taps that lie inside the picture, such as
// 15 x (3 x 16 - 2)^2 of cores_cnn_4k.
const std::vector<Shipped> all_shipped = {
    {"mlp", 1818, 668672},
    {"conv", 122890, 10463872, true},
    {"mobilenet", 79882, 4101024, true},
    {"sheet", 102400, 6553600, true},
    {"cores_dnn_4k", 4096, 258048},
    {"cores_dnn_16k", 16384, 1044480, true},
    {"cores_dnn_64k", 65536, 4190208, true},
    {"cores_cnn_4k", 4096, 31740},
    {"cores_cnn_16k", 16384, 132540},
    {"cores_cnn_64k", 65536, 541500},
    {"slayer_dvs_gesture", 66059, 2953856, true},
    {"slayer_nmnist", 2834, 1188864},
    {"slayer_ntidigits", 818, 143872},
    {"slayer_braille", 526, 236700},
};

INSTANTIATE_TEST_SUITE_P(, ShippedNetwork, testing::ValuesIn(all_shipped),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(ShippedNetworks, AreAllHere) {
  std::set<std::string> tested = {"potjans_diesmann", "random_1m"};
  for (const Shipped& shipped : all_shipped) tested.insert(shipped.name);

  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.insert(entry.path().stem().string());
  }

  EXPECT_EQ(files, tested);
}

TEST(ShippedNetworks, TheCorticalCircuitHasItsProbabilitiesAndRates) {
  const DescribedNetwork described = load_described_network(folder + "potjans_diesmann.yaml");
  const Network& network = described.network;

  EXPECT_EQ(network.neuron_count(), 7713u);
  EXPECT_EQ(described.rate_of_population,
            (std::vector<float>{0.00086f, 0.0028f, 0.00445f, 0.00593f, 0.00759f, 0.00864f, 0.00109f,
                                0.00788f}));
  double synapses = 0;
  for (const Node& node : network.nodes) {
    if (const Sparse* sparse = node.as<Sparse>()) synapses += double(sparse->target.size());
    if (node.name != "L5E.from.L5I") continue;
    // 106 x 485 x 0.3726 = 19155, five standard deviations of 110.
    EXPECT_NEAR(double(node.as<Sparse>()->target.size()), 19155, 550);
    EXPECT_TRUE(std::ranges::all_of(node.as<Sparse>()->weight, [](float w) { return w < 0; }));
  }
  EXPECT_NEAR(synapses, 2.84e6, 0.02e6);
}

TEST(ShippedNetworks, AThousandthOfTheMillionLoads) {
  std::string text = read_whole_file(folder + "random_1m.yaml");
  const std::string million = "neurons: 1000000";
  ASSERT_NE(text.find(million), std::string::npos);

  text.replace(text.find(million), million.size(), "neurons: 1000");

  EXPECT_EQ(graph_of(load_text(text).network).synapses(), 100000u);
}

// --- What is random -----------------------------------------------------------------------------

const std::string all_kinds =
    "layers:\n"
    "  - {name: picture, input: {shape: [2, 8, 8]}}\n"
    "  - {name: in, relay: {}}\n"
    "  - {convolution: {channels: 4, kernel: 3, stride: 2, far_padding: 1}, rate: 0.5}\n"
    "  - {depthwise: {kernel: 3, padding: 1}, repeat: 2}\n"
    "  - {pooling: {window: 2}}\n"
    "  - {dense: {neurons: 20, recurrent: true}, longest_delay: 3}\n"
    "  - {dense: {neurons: 5}}\n";

std::vector<float> weights_of(const Network& network) {
  std::vector<float> all;
  for (const Node& node : network.nodes) {
    const auto take = [&](const auto* kind) {
      if (kind) all.insert(all.end(), kind->weight.begin(), kind->weight.end());
    };
    take(node.as<Dense>());
    take(node.as<Sparse>());
    take(node.as<Convolution>());
  }
  return all;
}

TEST(DescribedNetwork, NamesItsLayersByKindAndNumber) {
  const DescribedNetwork described = load_text("name: all\n" + all_kinds);

  std::vector<std::string> names;
  std::vector<Shape> shapes;
  for (const u32 node : described.network.populations()) {
    names.push_back(described.network.nodes[node].name);
    shapes.push_back(described.network.nodes[node].output_shape);
  }

  EXPECT_EQ(described.name, "all");
  EXPECT_EQ(names, (std::vector<std::string>{"in", "convolution_2", "depthwise_3_1",
                                             "depthwise_3_2", "pooling_4", "dense_5", "dense_6"}));
  EXPECT_EQ(shapes,
            (std::vector<Shape>{{2, 8, 8}, {4, 4, 4}, {4, 4, 4}, {4, 4, 4}, {4, 2, 2}, {20}, {5}}));
  EXPECT_EQ(described.rate_of_population, (std::vector<float>{1, 0.5f, 1, 1, 1, 1, 1}));
}

TEST(DescribedNetwork, IsTheSameForTheSameFileAndAnotherForAnotherSeed) {
  for (const std::string& text :
       {all_kinds, std::string("layers: [{sheet: {height: 9, width: 9, fan_out: 4, sigma: 2}}]")}) {
    const Network first = load_text(text).network;
    const Network again = load_text(text).network;
    const Network other = load_text("seed: 2\n" + text).network;

    EXPECT_EQ(weights_of(first), weights_of(again));
    EXPECT_NE(weights_of(first), weights_of(other));
  }
}

// Drawn on one machine: on all others the numbers must be these.
TEST(DescribedNetwork, HasTheseTargetsOnEveryMachine) {
  FastRandom random(1);

  const Sparse sheet = sheet_targets({9, 9, 4, 2}, random);
  const Sparse pairs = random_pairs({4, 6, false, 0.4, WeightSet::inhibitory}, random);

  EXPECT_EQ(std::vector<u32>(sheet.target.begin(), sheet.target.begin() + 8),
            (std::vector<u32>{24, 70, 72, 75, 11, 19, 64, 76}));
  EXPECT_EQ(pairs.target, (std::vector<u32>{0, 2, 5, 3, 2, 3, 5, 2}));
  EXPECT_EQ(pairs.weight, (std::vector<float>{-1, -1, -0.5, -1, -0.5, -0.5, -1, -1}));
}

TEST(DescribedNetwork, WeightsAreEighthsAndNone0) {
  for (const float weight : weights_of(load_text(all_kinds).network)) {
    ASSERT_NE(weight, 0);
    ASSERT_EQ(weight * 8, static_cast<float>(static_cast<int>(weight * 8)));
  }
}

TEST(DescribedNetwork, ASheetReachesDifferentNeighboursAtTheDistanceOfSigma) {
  FastRandom random(7);
  const u32 side = 100;

  const Sparse sparse = sheet_targets({side, side, 20, 5}, random);

  double squares = 0;
  for (u32 n = 0; n < side * side; ++n) {
    const auto first = sparse.target.begin() + static_cast<i64>(sparse.begin[n]);
    const auto last = sparse.target.begin() + static_cast<i64>(sparse.begin[n + 1]);
    ASSERT_EQ(last - first, 20);
    ASSERT_EQ(std::adjacent_find(first, last, std::greater_equal<>()), last);
    ASSERT_EQ(std::find(first, last, n), last);
    for (auto target = first; target != last; ++target) {
      const double far = std::abs(double(*target % side) - double(n % side));
      const double x = std::min(far, side - far);
      squares += x * x;
    }
  }
  // A little above sigma: what stands twice, near the middle, is drawn again.
  EXPECT_NEAR(std::sqrt(squares / double(sparse.target.size())), 5, 0.5);
}

// --- Quantised and simulated --------------------------------------------------------------------

Semantics steps_of_one() {
  Semantics semantics;
  semantics.dt = 1;
  return semantics;
}

TEST(DescribedNetwork, AllLayersSpike) {
  for (const std::string neurons : {"integrate_and_fire", "threshold"}) {
    SCOPED_TRACE(neurons);
    const Network network = load_text("neurons: " + neurons + "\n" + all_kinds).network;

    const LayerSpikes spikes =
        run_in_float(network, steps_of_one(), random_steps(network, 1, 60, 0.4));

    for (const auto& [layer, steps] : spikes) {
      const bool spiked =
          std::ranges::any_of(steps, [](const auto& step) { return !step.empty(); });
      EXPECT_TRUE(spiked) << layer;
    }
  }
}

TEST(DescribedNetwork, IsExactOnAChip) {
  const Network network = load_text(all_kinds).network;

  const QuantisedNetwork quantised = quantise(network, steps_of_one(), large_chip("lif"));

  for (const LayerReport& layer : quantised.report.layers) {
    for (const ProjectionReport& projection : layer.projections) {
      EXPECT_LT(projection.weight_error, 1e-6) << projection.from << " to " << layer.name;
    }
  }
}

TEST(DescribedNetwork, WithoutInputsItIsDriven) {
  for (const std::string layer :
       {"sheet: {height: 9, width: 9, fan_out: 4, sigma: 2}", "random: {neurons: 100, fan_out: 30}",
        "populations: {members: [{name: E, neurons: 80, from: [0.1, 0.2]},"
        " {name: I, neurons: 20, inhibitory: true, from: [0.2, 0]}]}"}) {
    SCOPED_TRACE(layer);
    const Network network = load_text("layers: [{" + layer + "}]").network;

    const LayerSpikes spikes = run_in_float(network, steps_of_one(), Steps(100));

    for (const auto& [name, steps] : spikes) {
      u64 count = 0;
      for (const auto& step : steps) count += step.size();
      EXPECT_GT(count, 0u) << name;
    }
  }
}

// --- Bad files ----------------------------------------------------------------------------------

struct Bad {
  const char* rule;
  std::string layers;   // from line 2 on
  std::string problem;  // without "n.yaml:"
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.rule; }

class DescribedNetworkRejects : public testing::TestWithParam<Bad> {};

TEST_P(DescribedNetworkRejects, WithThisMessage) {
  EXPECT_EQ(problem_of("layers:\n" + GetParam().layers), "n.yaml:" + GetParam().problem);
}

const std::string input = "- input: {shape: [2, 8, 8]}\n";

const std::vector<Bad> bad_layers = {
    {"NoLayers", "  []\n", "2:3: layers: there are none (at least one is needed)"},
    {"UnknownKind", "- dens: {neurons: 1}\n",
     "2:3: layers[0].dens: unknown key (did you mean 'dense'?)"},
    {"NoKind", "- name: x\n",
     "2:3: layers[0]: has no kind (one of: input, relay, dense, convolution, depthwise, pooling, "
     "sheet, populations, random)"},
    {"NothingToRead", "- dense: {neurons: 1}\n",
     "2:10: layers[0].dense: has no layer to read (an input must stand before it; populations "
     "cannot be read)"},
    {"NothingToReadBehindPopulations",
     "- populations: {members: [{name: a, neurons: 3, from: [1]}]}\n- relay: {}\n",
     "3:10: layers[1].relay: has no layer to read (an input must stand before it; populations "
     "cannot be read)"},
    {"InputIsNotFirst", input + input,
     "3:10: layers[1].input: reads no layer (it must be the first one)"},
    {"InputTwice", "- {input: {shape: [3]}, repeat: 2}\n",
     "2:33: layers[0].repeat = 2 (must be 1 for this kind)"},
    {"FourDimensions", "- input: {shape: [2, 2, 2, 2]}\n",
     "2:18: layers[0].input.shape: has 4 numbers (must be 1..3)"},
    {"LargeInput", "- input: {shape: [16777216, 16777216, 16777216]}\n",
     "2:18: layers[0].input.shape: has 16777216 x 16777216 x 16777216 elements (at most 16777216)"},
    {"FlatPicture", "- input: {shape: [64]}\n- pooling: {window: 2}\n",
     "3:12: layers[1].pooling: reads 64 (must be channels x height x width)"},
    {"LargePooling", input + "- pooling: {window: 9}\n",
     "3:21: layers[1].pooling.window = 9 (must be 1..8; the layer reads 2 x 8 x 8)"},
    {"LargeKernel",
     input + "- convolution: {channels: 1, kernel: 12, padding: 1, far_padding: 1}\n",
     "3:38: layers[1].convolution.kernel = 12 (must be 1..11; the layer reads 2 x 8 x 8)"},
    {"LargePadding", input + "- depthwise: {kernel: 3, padding: 3}\n",
     "3:35: layers[1].depthwise.padding = 3 (must be below the kernel, 3)"},
    {"LargeLayer", "- input: {shape: [1, 512, 512]}\n- convolution: {channels: 65, kernel: 1}\n",
     "3:3: layers[1]: has 65 x 512 x 512 neurons (at most 16777216)"},
    {"ManyLayers", input + "- {relay: {}, repeat: 65536}\n",
     "3:23: layers[1].repeat = 65536 (a network has up to 65536 layers; these are 65537)"},
    {"LargeSheet", "- sheet: {height: 65536, width: 300, fan_out: 1, sigma: 1}\n",
     "2:33: layers[0].sheet.width = 300 (must be 1..256; a sheet has up to 16777216 neurons)"},
    {"NarrowSheet", "- sheet: {height: 20, width: 20, fan_out: 21, sigma: 3}\n",
     "2:43: layers[0].sheet.fan_out = 21 (at most 20, a quarter of the neurons within 1.5 sigma)"},
    {"DenseRandom", "- random: {neurons: 9, fan_out: 5}\n",
     "2:33: layers[0].random.fan_out = 5 (at most 4, half of the neurons)"},
    {"Probabilities", "- populations: {members: [{name: a, neurons: 3, from: [0.5, 0.5]}]}\n",
     "2:55: layers[0].populations.members[0].from: has 2 probabilities (must be 1, one for each "
     "member)"},
    {"Probability", "- populations: {members: [{name: a, neurons: 3, from: [1.5]}]}\n",
     "2:56: layers[0].populations.members[0].from[0] = 1.5 (must be 0..1)"},
    {"ManyPairs",
     "- populations: {members: [{name: a, neurons: 262144, from: [0, 0]},"
     " {name: b, neurons: 1, from: [0, 0]}]}\n",
     "2:26: layers[0].populations.members: have 262145 neurons (at most 262144 together)"},
    {"SameName", input + "- {name: a, relay: {}}\n- {name: a, relay: {}}\n",
     "4:3: layer 'a': has the name of another node"},
};

INSTANTIATE_TEST_SUITE_P(, DescribedNetworkRejects, testing::ValuesIn(bad_layers),
                         [](const auto& i) { return std::string(i.param.rule); });

TEST(DescribedNetwork, NamesTheLayerThatDoesNotFitIntoMemory) {
  try {
    load_text("layers:\n- input: {shape: [16777216]}\n- dense: {neurons: 16777216}\n");
    FAIL() << "it fits";
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("n.yaml:3:3: layer 'dense_1': a list of "
                                                 "281474976710656 random weights needs"));
  }
}

}  // namespace
}  // namespace spikefab::test
