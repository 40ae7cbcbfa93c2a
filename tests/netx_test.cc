// NetX files of lava-dl: a small one that the test makes, and every one in the data folder.
#include "mapper/netx/netx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "tests/support/data_folder.h"
#include "tests/support/hdf5_files.h"
#include "tests/support/netx_file.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

NetxNetwork load(const NetxGroup& root) {
  const TempFolder folder(memory_folder());
  return load_netx(folder.write("x.net", netx_file(root)));
}

TEST(Netx, LayersAreRead) {
  const NetxNetwork network = load(sample_netx());

  ASSERT_THAT(network.layers, SizeIs(5));
  EXPECT_EQ(network.sample_ticks, 64u);
  EXPECT_THAT(network.notes, IsEmpty());
  const NetxLayer& input = network.layers[0];
  EXPECT_EQ(input.type, NetxType::input);
  EXPECT_THAT(input.shape, ElementsAre(1, 4, 4));
  EXPECT_THAT(input.weight, ElementsAre(36));
  EXPECT_THAT(input.bias, ElementsAre(-2));
  EXPECT_EQ(input.neuron_count(), 16u);
  const NetxLayer& convolution = network.layers[1];
  EXPECT_EQ(convolution.type, NetxType::convolution);
  EXPECT_THAT(convolution.weight_shape, ElementsAre(2, 1, 2, 2));
  EXPECT_THAT(convolution.weight, ElementsAre(2, -4, 6, -8, 10, -12, 14, -16));
  EXPECT_THAT(convolution.bias, ElementsAre(4, -6));
  EXPECT_EQ(convolution.rows.kernel, 2u);
  EXPECT_EQ(convolution.columns.stride, 2u);
  EXPECT_EQ(convolution.columns.dilation, 1u) << "one number for both";
  EXPECT_EQ(network.layers[2].type, NetxType::pooling);
  EXPECT_EQ(network.layers[3].type, NetxType::flatten);
  EXPECT_FALSE(network.layers[3].neurons.has_value());
  const NetxLayer& dense = network.layers[4];
  EXPECT_EQ(dense.type, NetxType::dense);
  EXPECT_THAT(dense.weight_shape, ElementsAre(3, 2));
  EXPECT_THAT(dense.delay, ElementsAre(0, 5, 62));
  EXPECT_THAT(dense.place, HasSubstr("x.net: /layer/4"));
}

TEST(Netx, NeuronParametersAreRead) {
  NetxGroup root = sample_netx();
  auto& changed = root.groups["layer"].groups["4"].groups["neuron"].fields;
  changed["vThMant"] = netx_vector({1, 2, 131071});
  changed["wgtExp"] = netx_number(-8);
  changed["gradedSpike"] = netx_number(1);
  changed["theta"] = netx_number(0.5);

  const NetxNetwork network = load(root);

  const NetxNeurons& neurons = network.layers[4].neurons.value();
  EXPECT_EQ(neurons.type, "CUBA");
  EXPECT_THAT(neurons.current_decay, ElementsAre(4096));
  EXPECT_THAT(neurons.voltage_decay, ElementsAre(410));
  EXPECT_THAT(neurons.threshold, ElementsAre(1, 2, 131071));
  EXPECT_THAT(neurons.refractory_delay, ElementsAre(1));
  EXPECT_EQ(neurons.weight_exponent, -8);
  EXPECT_TRUE(neurons.has_graded_spikes);
}

TEST(Netx, OfH5pyIsRead) {
  const NetxNetwork network = load_netx(hdf5_fixture("netx.h5"));

  ASSERT_THAT(network.layers, SizeIs(3));
  EXPECT_EQ(network.layers[0].neurons.value().type, "LOIHI");
  EXPECT_THAT(network.layers[0].bias, ElementsAre(34));
  const NetxLayer& dense = network.layers[2];
  EXPECT_THAT(dense.weight, ElementsAre(2, -4, 6, -8, 0, 0, 0, 254, -256, 1, 1, 1));
  EXPECT_THAT(dense.weight_shape, ElementsAre(3, 4));
  EXPECT_THAT(dense.delay, ElementsAre(0, 1, 62));
  EXPECT_FALSE(dense.neurons.value().has_graded_spikes);
  EXPECT_EQ(network.sample_ticks, 64u);
}

TEST(Netx, RecurrentLayersAreRead) {
  NetxGroup root = sample_netx();
  auto& fields = root.groups["layer"].groups["4"].fields;
  fields["type"] = netx_text("dense_rec");
  fields["weight_rec"] = {{3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, ""};

  EXPECT_THAT(load(root).layers[4].recurrent_weight, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

// The problems that a change of layer `layer` makes, one per line, without the path of the file.
std::string problems_after(const std::string& layer,
                           const std::function<void(NetxGroup&)>& change) {
  NetxGroup root = sample_netx();
  change(root.groups["layer"].groups[layer]);
  try {
    load(root);
  } catch (const InputError& error) {
    std::string text;
    for (const Problem& problem : error.problems()) {
      const std::string line = problem.text();
      text += (text.empty() ? "" : "\n") + line.substr(line.find("x.net"));
    }
    return text;
  }
  return "";
}

std::string problems_with(const std::string& layer, const std::string& field,
                          const NetxField& value) {
  return problems_after(layer, [&](NetxGroup& group) { group.fields[field] = value; });
}

std::string problems_without(const std::string& layer, const std::string& field) {
  return problems_after(layer, [&](NetxGroup& group) { group.fields.erase(field); });
}

std::string problems_with_neuron(const std::string& field, const NetxField& value) {
  return problems_after("4",
                        [&](NetxGroup& group) { group.groups["neuron"].fields[field] = value; });
}

TEST(NetxMessages, NameTheFieldThatIsMissingOrUnknown) {
  EXPECT_EQ(problems_without("4", "weight"), "x.net: /layer/4: has no weight");
  EXPECT_EQ(problems_without("1", "stride"), "x.net: /layer/1: has no stride");
  EXPECT_EQ(problems_with("4", "weigth", netx_number(1)),
            "x.net: /layer/4/weigth: is not known here; did you mean 'weight'? (known: bias, "
            "delay, inFeatures, neuron, outFeatures, shape, type, weight)");
  EXPECT_THAT(problems_with_neuron("vTh\nMant", netx_number(1)),
              HasSubstr("x.net: /layer/4/neuron/vTh\\x0aMant: is not known here"));
}

TEST(NetxMessages, NameTheTypesThatAreRead) {
  EXPECT_EQ(problems_with("4", "type", netx_text("average")),
            "x.net: /layer/4/type: 'average' is not read here (types that are read: input, dense, "
            "dense_rec, conv, pool, flatten)");
  EXPECT_THAT(problems_with("4", "type", netx_text("dens")),
              HasSubstr("'dens' is not read here; did you mean 'dense'?"));
  EXPECT_EQ(problems_with_neuron("type", netx_text("SDNN")),
            "x.net: /layer/4/neuron/type: 'SDNN' is not read here (types that are read: LOIHI, "
            "CUBA)");
}

TEST(NetxMessages, NameTheElementThatIsOutOfRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(problems_with("4", "weight", {{3, 2}, {1, 2, 3.5, 4, 5, 6}, ""}),
            "x.net: /layer/4/weight: element 2 is 3.500000 (must be an integer of -1048576 to "
            "1048576) (export the network with quantized weights)");
  EXPECT_THAT(problems_with("4", "delay", netx_number(63)),
              HasSubstr("element 0 is 63.000000 (must be an integer of 0 to 62)"));
  EXPECT_THAT(problems_with_neuron("iDecay", netx_number(4097)), HasSubstr("of 0 to 4096"));
  EXPECT_THAT(problems_with_neuron("vDecay", netx_number(nan)), HasSubstr("element 0 is nan"));
  EXPECT_THAT(problems_with_neuron("vThMant", netx_number(-1)), HasSubstr("of 0 to 131071"));
  EXPECT_THAT(problems_with_neuron("wgtExp", netx_number(8)), HasSubstr("of -8 to 7"));
  EXPECT_EQ(problems_with_neuron("wgtExp", netx_number(7)), "");
}

TEST(NetxMessages, NameSizesThatDoNotFit) {
  EXPECT_THAT(problems_with("4", "weight", {{2, 3}, {1, 2, 3, 4, 5, 6}, ""}),
              HasSubstr("/layer/4/weight: has the sides 2 x 3 (must be 3 x inputs)"));
  EXPECT_EQ(problems_with("4", "inFeatures", netx_number(3)),
            "x.net: /layer/4/inFeatures: is 3, but weight and shape say 2");
  EXPECT_EQ(problems_with("3", "shape", netx_vector({3})),
            "x.net: /layer/3/shape: is for 3 inputs, but the layer before has 2 outputs\n"
            "x.net: /layer/4/weight: is for 2 inputs, but the layer before has 3 outputs");
  EXPECT_THAT(problems_with("1", "padding", netx_number(1)),
              HasSubstr("/layer/1/shape: is 2 x 2 x 2, but its windows over 1 x 4 x 4 give 3 x 3"));
  EXPECT_THAT(problems_with("4", "bias", netx_vector({1, 2})),
              HasSubstr("has 2 values for shape 3 (one, one per channel or one per neuron)"));
  EXPECT_THAT(problems_with("0", "shape", netx_vector({1 << 24, 1 << 24, 1 << 24})),
              HasSubstr("/layer/0/shape: is too large"));
}

TEST(NetxMessages, CollectAllProblems) {
  const std::string problems = problems_after("4", [](NetxGroup& layer) {
    layer.fields.erase("shape");
    layer.fields["delay"] = netx_number(-1);
    layer.groups["neuron"].fields.erase("vDecay");
  });

  EXPECT_THAT(problems, HasSubstr("x.net: /layer/4: has no shape\n"));
  EXPECT_THAT(problems, HasSubstr("x.net: /layer/4/neuron: has no vDecay\n"));
  EXPECT_THAT(problems, HasSubstr("x.net: /layer/4/delay: element 0 is -1.000000"));
}

TEST(NetxMessages, SayThatALayerIsMissing) {
  NetxGroup root = sample_netx();
  root.groups["layer"].groups.erase("2");

  EXPECT_THAT([&] { load(root); },
              testing::ThrowsMessage<InputError>(
                  HasSubstr("x.net: /layer: has no layer 2 (4 layers are named from 0 on)")));
}

TEST(NetxMessages, SayThatAFileIsNoNetx) {
  EXPECT_THAT(
      [] {
        load({{}, {{"node", {}}}});
      },
      testing::ThrowsMessage<InputError>(
          HasSubstr("x.net: /: has no group layer, so it is no NetX file (it is a NIR "
                    "file)")));
}

// What h5py says of the samples that are known; others have to be read all the same.
struct Known {
  u64 layers;
  u64 neurons;  // of all layers
  u64 weights;
  i64 weight_sum;
};
const std::map<std::string, Known> known_files = {
    {"gts__pilotnet_lif__network.net", {11, 161'069, 349'999, -15'188}},
    {"mnist__trained_mnist_network.net", {3, 202, 109'184, -245'520}},
    {"oxford__Trained__network.net", {2, 456, 102'400, -1'827'922}},
    {"tests__tiny.net", {3, 1668, 23'401, -2332}}};

void print(const std::string& name, const NetxNetwork& network) {
  fmt::print("{}\n", name);
  for (const NetxLayer& layer : network.layers) {
    fmt::print("  {:10} {:16} weights {:7} {}\n", name_of(layer.type),
               fmt::format("{}", fmt::join(layer.shape, " x ")), layer.weight.size(),
               layer.neurons ? layer.neurons->type : "-");
  }
}

void expect_known(const NetxNetwork& network, const Known& known) {
  u64 neurons = 0;
  u64 weights = 0;
  i64 weight_sum = 0;
  for (const NetxLayer& layer : network.layers) {
    neurons += layer.neuron_count();
    weights += layer.weight.size();
    weight_sum = std::accumulate(layer.weight.begin(), layer.weight.end(), weight_sum);
  }
  EXPECT_EQ(network.layers.size(), known.layers);
  EXPECT_EQ(neurons, known.neurons);
  EXPECT_EQ(weights, known.weights);
  EXPECT_EQ(weight_sum, known.weight_sum);
}

TEST(NetxData, EveryNetworkIsRead) {
  std::vector<std::string> files = find_model_files();
  std::erase_if(files, [](const std::string& file) { return !file.ends_with(".net"); });
  if (files.empty()) return skip_without_data("no .net files below " + data_folder() + "/nir");
  for (const std::string& file : files) {
    SCOPED_TRACE(file);
    const std::string name = std::filesystem::path(file).filename().string();

    const NetxNetwork network = load_netx(file);

    print(name, network);
    const auto known = known_files.find(name);
    if (known != known_files.end()) expect_known(network, known->second);
  }
}

}  // namespace
}  // namespace spikefab::test
