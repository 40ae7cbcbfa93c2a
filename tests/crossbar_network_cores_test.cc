// Small crossbar networks on their chips: cores, neurons and targets are where one expects them,
// and what does not fit says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch/neurons/ranc.h"
#include "base/error.h"
#include "mapper/crossbar_network.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;

// A layer of `inputs` that knows its sizes.
CrossbarLayer sized(CrossbarLayer layer, u32 rows, u32 columns, u32 inputs) {
  layer.side_rows = rows;
  layer.side_columns = columns;
  layer.inputs = inputs;
  return layer;
}

// Every feature connected to its first axon only, with weight 1 and leak -1.
CrossbarWeights relays(const CrossbarLayer& layer, u32 types) {
  CrossbarWeights weights;
  weights.leak.assign(layer.features, -1);
  weights.weight.assign(layer.features * types, 1);
  weights.connections.assign(layer.features * layer.axon_words(), 0);
  for (u32 f = 0; f < layer.features; ++f) weights.connections[f * layer.axon_words()] = 1;
  return weights;
}

// An image of 2 x 3 pixels; a feature of layer 0 for each window of 2 x 2 of them (a and b), and
// two of layer 1 for each of those, which see it on 2 axons.
//
//   pixels   0 1 2     a: 0 1 3 4, core 0     c d: a, core 2
//            3 4 5     b: 1 2 4 5, core 1     e f: b, core 3
CrossbarNetwork tiny_network() {
  CrossbarNetwork net;
  net.name = "tiny";
  net.path = "tiny.yaml";
  net.chip.name = "small";
  net.chip.mesh = {.width = 3, .height = 2};
  net.chip.axons = 5;
  net.chip.neurons = 2;
  net.chip.weights = 2;
  net.chip.neuron_params = default_neuron_params(net.chip.neuron_model);
  net.chip.neuron_params[neurons::Ranc::reset_type] = 1;
  net.rows = 2;
  net.columns = 3;
  net.decoder = "votes";
  net.classes = 2;
  net.layers = {sized({.window = 2, .stride = 1, .features = 1}, 1, 2, 4),
                sized({.window = 1, .stride = 1, .copies = 2, .features = 2}, 1, 2, 1)};
  net.networks = {{relays(net.layers[0], 2), relays(net.layers[1], 2)}};
  return net;
}

// One pixel; one feature, then `features` that see it; cores of 2 neurons.
CrossbarNetwork fan_out_network(u32 features) {
  CrossbarNetwork net = tiny_network();
  net.name = "fan_out";
  net.rows = net.columns = 1;
  net.classes = 1;
  net.layers = {sized({.features = 1}, 1, 1, 1), sized({.features = features}, 1, 1, 1)};
  net.networks = {{relays(net.layers[0], 2), relays(net.layers[1], 2)}};
  return net;
}

TEST(CrossbarNetworkCores, LiesRowByRowAndTheBusComesLast) {
  const ImageClassifier classifier = assemble(tiny_network());
  const Program& program = classifier.program;

  EXPECT_THAT(program.position, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(program.neuron_begin, ElementsAre(0, 2, 4, 6, 8));
  EXPECT_EQ(program.output_position, 5);
  EXPECT_EQ(program.output_lines, 4);
  EXPECT_THAT(classifier.class_of_line, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(classifier.latency, 2);
  EXPECT_THAT(depth_of_cores(classifier), ElementsAre(0, 0, 1, 1));
}

TEST(CrossbarNetworkCores, HasANeuronForEachAxonThatAFeatureGoesTo) {
  const Program program = assemble(tiny_network()).program;

  EXPECT_THAT(program.target_core,
              ElementsAre(2, 2, 3, 3, output_bus, output_bus, output_bus, output_bus));
  EXPECT_THAT(program.target_axon, ElementsAre(0, 1, 0, 1, 0, 1, 2, 3));
  EXPECT_THAT(program.target_delay, testing::Each(0));
}

TEST(CrossbarNetworkCores, PixelsGoToTheWindowsThatSeeThem) {
  const ImageClassifier classifier = assemble(tiny_network());

  EXPECT_THAT(classifier.pixel_begin, ElementsAre(0, 1, 3, 4, 5, 7, 8));
  EXPECT_THAT(classifier.pixel_targets,
              ElementsAre(StimulusEvent{0, 0}, StimulusEvent{0, 1}, StimulusEvent{1, 0},
                          StimulusEvent{1, 1}, StimulusEvent{0, 2}, StimulusEvent{0, 3},
                          StimulusEvent{1, 2}, StimulusEvent{1, 3}));
}

TEST(CrossbarNetworkCores, GivesNeuronsWhatTheFileSays) {
  CrossbarNetwork network = tiny_network();
  network.networks[0][0].leak = {-7};
  network.networks[0][0].weight = {3, -4};
  network.networks[0][0].connections = {0b1010};

  const Program program = assemble(network).program;

  const auto param = [&](u32 which) {
    const auto first = program.neuron_param.begin() + 8 * static_cast<i32>(which);
    return std::vector<i32>(first, first + 8);
  };
  EXPECT_THAT(param(neurons::Ranc::leak), ElementsAre(-7, -7, -7, -7, -1, -1, -1, -1));
  EXPECT_THAT(param(neurons::Ranc::reset_type), testing::Each(1));
  for (const u32 zero : {neurons::Ranc::positive_threshold, neurons::Ranc::negative_threshold,
                         neurons::Ranc::reset_potential, neurons::Ranc::reset_mode}) {
    EXPECT_THAT(param(zero), testing::Each(0));
  }
  EXPECT_THAT(program.weight, ElementsAre(3, 3, 3, 3, 1, 1, 1, 1, -4, -4, -4, -4, 1, 1, 1, 1));
  EXPECT_THAT(program.axon_type,
              ElementsAre(0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0));
  EXPECT_THAT(program.crossbar,  // [core][axon] bit per neuron
              ElementsAre(0, 3, 0, 3, 0, 0, 3, 0, 3, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0));
}

TEST(CrossbarNetworkCores, SplitsWhatDoesNotFitIntoACore) {
  const ImageClassifier classifier = assemble(fan_out_network(3));
  const Program& program = classifier.program;

  EXPECT_THAT(program.neuron_begin, ElementsAre(0, 2, 4, 5));  // layer 1: cores 1 and 2
  EXPECT_THAT(program.target_core, ElementsAre(1, 2, output_bus, output_bus, output_bus));
  EXPECT_THAT(program.target_axon, ElementsAre(0, 0, 0, 1, 2));
}

TEST(CrossbarNetworkCores, OfSeveralLiesOneAfterTheOther) {
  CrossbarNetwork network = fan_out_network(1);
  network.networks.push_back(network.networks[0]);

  const ImageClassifier classifier = assemble(network);

  EXPECT_THAT(classifier.program.target_core, ElementsAre(1, output_bus, 3, output_bus));
  EXPECT_THAT(classifier.program.target_axon, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(classifier.pixel_targets, ElementsAre(StimulusEvent{0, 0}, StimulusEvent{2, 0}));
}

std::string error_of(const CrossbarNetwork& network) {
  try {
    assemble(network);
  } catch (const FitError& error) {
    return std::string("FitError: ") + error.what();
  } catch (const InputError& error) {
    return std::string("InputError: ") + error.what();
  }
  return "";
}

TEST(CrossbarNetworkCores, FillsTheMeshUpToTheBus) {
  CrossbarNetwork network = tiny_network();

  network.chip.mesh = {.width = 5, .height = 1};
  EXPECT_EQ(error_of(network), "");
  network.chip.mesh = {.width = 4, .height = 1};
  EXPECT_EQ(error_of(network),
            "FitError: tiny.yaml: model 'tiny' needs at least 4 cores; chip 'small' has 3 (a mesh "
            "of 4 x 1, less one for the output bus; make chip.mesh larger)");
}

TEST(CrossbarNetworkCores, SaysHowManyCoresAllNetworksNeed) {
  CrossbarNetwork network = tiny_network();
  network.layers[0].features = 2;  // which go to 2 axons each: more than a core of 2 neurons
  network.layers[1].inputs = 2;
  network.networks = {{relays(network.layers[0], 2), relays(network.layers[1], 2)}};
  network.networks.push_back(network.networks[0]);
  network.chip.mesh = {.width = 4, .height = 3};

  EXPECT_EQ(error_of(network),
            "FitError: tiny.yaml: model 'tiny' needs 12 cores, 6 for each of 2 networks; chip "
            "'small' has 11 (a mesh of 4 x 3, less one for the output bus; make chip.mesh larger)");
}

TEST(CrossbarNetworkCores, AFeatureThatGoesToAsManyAxonsAsACoreHasNeuronsFits) {
  EXPECT_EQ(error_of(fan_out_network(4)), "");
  EXPECT_EQ(error_of(fan_out_network(5)),
            "FitError: tiny.yaml: model 'fan_out': layers[0], feature 0 at position (row 0, "
            "column 0) goes to 3 axons and needs a neuron for each; a core has 2 (larger strides, "
            "fewer copies or fewer features for each group of layers[1] need fewer)");
}

TEST(CrossbarNetworkCores, IsWhatItsCardSays) {
  CrossbarNetwork network = tiny_network();
  network.card.cores = 4;
  network.card.neurons = 8;
  network.card.connections = 8;
  network.card.place = "tiny.yaml:9:1";

  EXPECT_EQ(error_of(network), "");
  network.card.cores = 5;
  network.card.neurons = 9;
  network.card.connections = 7;
  EXPECT_EQ(error_of(network),
            "InputError: tiny.yaml:9:1: card.cores = 5 (the network has 4)\n"
            "tiny.yaml:9:1: card.neurons = 9 (the network has 8)\n"
            "tiny.yaml:9:1: card.connections = 7 (the network has 8)");
}

}  // namespace
}  // namespace spikefab::test
