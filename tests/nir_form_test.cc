// What NIR does not have is turned into nodes that compute the same bits, or refused.
#include "mapper/nir/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/error.h"
#include "mapper/nir/export.h"
#include "mapper/nir/form_draft.h"
#include "mapper/nir/nir.h"
#include "tests/support/hand_made_network.h"
#include "tests/support/network_text.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Floats = std::vector<float>;

// 0.5, 0.75, 1, ...
Floats rising(u64 count) {
  Floats values(count);
  for (u64 i = 0; i < count; ++i) values[i] = 0.5f + 0.25f * static_cast<float>(i);
  return values;
}

Node with_bias(Node node, Floats bias) {
  node.bias = std::move(bias);
  return node;
}

Node input_of(const Shape& shape) { return node("in", Input{}, shape, shape); }
Node neurons(const Shape& shape) {
  return node("n", neurons_of(NeuronType::integrate_and_fire), shape, shape);
}

// What is between an Input and neurons; nothing else of the network is of interest.
Network between(const Shape& in, std::vector<Node> nodes, const Shape& out) {
  nodes.insert(nodes.begin(), input_of(in));
  nodes.push_back(neurons(out));
  nodes.push_back(node("out", Output{}, out, out));
  return chain(std::move(nodes));
}

// The form, of which it is checked that it is read back and computes what the network does.
NirForm checked_form(const Network& network) {
  const Semantics semantics = parse_semantics("norse,dt=1e-3");
  const TempFolder folder(memory_folder());
  NirForm form = to_nir_form(network);
  save_nir(form, folder.file("x.nir"));
  const Network read = load_nir(folder.file("x.nir")).network;
  EXPECT_EQ(network_text(read), network_text(form.network));
  EXPECT_EQ(simulation_text(read, semantics, 20, 3), simulation_text(network, semantics, 20, 3));
  return form;
}

const Node& node_of(const NirForm& form, const std::string& name) {
  for (const Node& node : form.network.nodes) {
    if (node.name == name) return node;
  }
  throw std::runtime_error("no node " + name);
}

std::vector<std::string> names_of(const Network& network) {
  std::vector<std::string> names;
  for (const Node& node : network.nodes) names.push_back(node.name);
  return names;
}

std::string refusal_of(const Network& network) {
  try {
    to_nir_form(network);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

// --- Parameters and matrices --------------------------------------------------------------------

TEST(NirForm, SingleNumbersBecomeOnePerElement) {
  Network network = between(
      {3}, {node("scale", Scale{{2}}, {3}, {3}), node("delay", Delay{{{0.001}}}, {3}, {3})}, {3});

  const NirForm form = checked_form(network);

  EXPECT_THAT(form.notes, IsEmpty());
  EXPECT_THAT(node_of(form, "n").as<Neurons>()->v_threshold.values, ElementsAre(1, 1, 1));
  EXPECT_FALSE(node_of(form, "n").as<Neurons>()->v_reset.given());
  EXPECT_THAT(node_of(form, "scale").as<Scale>()->factor, ElementsAre(2, 2, 2));
  EXPECT_THAT(node_of(form, "delay").as<Delay>()->seconds.values, ElementsAre(0.001, 0.001, 0.001));
}

TEST(NirForm, AResetThatNothingNeedsIsLeftOut) {
  Network network = between({3}, {}, {3});
  network.nodes[1].kind = neurons_of(NeuronType::threshold);
  std::get<Neurons>(network.nodes[1].kind).v_reset = {{0}};

  const NirForm form = checked_form(network);

  EXPECT_THAT(form.notes, ElementsAre("v_reset is left out where nothing is reset: 'n'"));
}

TEST(NirForm, SparseSynapsesBecomeAMatrix) {
  const Sparse sparse = {{0, 2, 2, 3}, {0, 1, 1}, {0.5f, 2, -1}};

  const NirForm form = checked_form(between({3}, {node("s", sparse, {3}, {2})}, {2}));

  EXPECT_THAT(form.notes, ElementsAre("sparse synapses are written as a full matrix: 's'"));
  EXPECT_THAT(node_of(form, "s").as<Dense>()->weight, ElementsAre(0.5f, 0, 0, 2, 0, -1));
}

TEST(NirForm, SparseSynapsesOfTooManyNeuronsAreRefused) {
  Sparse sparse;
  sparse.begin.assign((1 << 20) + 1, 0);

  EXPECT_THAT(refusal_of(between({1 << 20}, {node("s", sparse, {1 << 20}, {65})}, {65})),
              HasSubstr("n: node 's': is a sparse matrix of 65 x 1048576, which NIR holds in full "
                        "only (at most 67108864 weights)"));
}

TEST(NirForm, TwoSynapsesBetweenTwoNeuronsAreRefused) {
  const Sparse sparse = {{0, 2}, {1, 1}, {1, 2}};

  EXPECT_THAT(refusal_of(between({1}, {node("s", sparse, {1}, {2})}, {2})),
              HasSubstr("has two synapses from 0 to 1 (NIR has one between two neurons)"));
}

TEST(NirForm, BlocksOfAMatrixAreDimensionsBeforeIt) {
  const Node blocks = with_bias(node("w", Dense{2, 2, 3, rising(12)}, {6}, {4}), {1, 2});

  const NirForm form = checked_form(between({2, 3}, {blocks}, {2, 2}));

  EXPECT_THAT(form.notes, IsEmpty());
  EXPECT_THAT(node_of(form, "w").input_shape, ElementsAre(2, 3));
  EXPECT_THAT(node_of(form, "w").output_shape, ElementsAre(2, 2));
  EXPECT_THAT(node_of(form, "w").bias, ElementsAre(1, 1, 2, 2));
}

// --- Windows ------------------------------------------------------------------------------------

TEST(NirForm, PoolingsThatNirDoesNotHaveBecomeConvolutions) {
  const Pooling dilated = {{{2, 2}, {1, 1}, {0, 0}, {2, 2}}, true};
  const Pooling line = {{{1, 2}, {1, 2}, {0, 1}, {1, 1}}, false};
  const Pooling plain = {{{2, 2}, {1, 1}, {0, 0}, {1, 1}}, true};

  const NirForm a =
      checked_form(between({2, 4, 4}, {node("p", dilated, {2, 4, 4}, {2, 2, 2})}, {2, 2, 2}));
  const NirForm b = checked_form(between({2, 6}, {node("p", line, {2, 6}, {2, 4})}, {2, 4}));
  const NirForm c = checked_form(
      between({2, 4, 4}, {with_bias(node("p", plain, {2, 4, 4}, {2, 3, 3}), {1, 2})}, {2, 3, 3}));

  EXPECT_THAT(a.notes, testing::Contains("a pooling in one dimension, dilated or with a bias is "
                                         "written as a convolution: 'p'"));
  EXPECT_THAT(node_of(a, "p").as<Convolution>()->weight, testing::Each(0.25f));
  EXPECT_EQ(node_of(b, "p").as<Convolution>()->groups, 2u);
  EXPECT_THAT(node_of(c, "p").bias, ElementsAre(1, 2));
}

Network convolved(const Window& window, const Shape& in, const Shape& out, Floats bias = {}) {
  const u64 taps = u64{window.kernel.y} * window.kernel.x;
  const Convolution convolution = {window, 1, rising(taps * in[0] * out[0])};
  return between(in, {with_bias(node("c", convolution, in, out), std::move(bias))}, out);
}

TEST(NirForm, EvenKernelsCanKeepTheSize) {
  const NirForm form =
      checked_form(convolved({{4, 4}, {1, 1}, {1, 1}, {1, 1}}, {1, 5, 5}, {1, 5, 5}));

  EXPECT_EQ(nir_padding_of(node_of(form, "c"), node_of(form, "c").as<Convolution>()->window),
            NirPadding::same);
}

TEST(NirForm, PaddingThatDiffersBetweenTheSidesIsRefused) {
  const std::string refusal =
      refusal_of(convolved({{2, 2}, {2, 2}, {0, 0}, {1, 1}}, {1, 5, 5}, {1, 3, 3}));

  EXPECT_EQ(refusal,
            "n: node 'c': turns 1 x 5 x 5 into 1 x 3 x 3 with a padding that differs between the "
            "sides (NIR pads both sides alike, or 'same' in a convolution of stride 1)");
}

TEST(NirForm, BiasesOfAConvolutionAreThoseOfItsChannels) {
  const Window one;
  const NirForm shared = checked_form(convolved(one, {1, 2, 2}, {2, 2, 2}, {3}));
  const NirForm without = checked_form(convolved(one, {1, 2, 2}, {2, 2, 2}));
  const std::string refusal = refusal_of(convolved(one, {1, 2, 2}, {2, 2, 2}, rising(8)));

  EXPECT_THAT(node_of(shared, "c").bias, ElementsAre(3, 3));
  EXPECT_THAT(node_of(without, "c").bias, ElementsAre(0, 0));
  EXPECT_THAT(refusal, HasSubstr("has biases that differ within a channel (NIR has one per chan"));
}

TEST(NirForm, KernelsThatAreNotSquareAreNoted) {
  EXPECT_THAT(checked_form(convolved({{1, 3}, {1, 1}, {0, 1}, {1, 1}}, {1, 5, 5}, {1, 5, 5})).notes,
              ElementsAre("NIR's own reader takes kernels that are not square only with "
                          "type_check=False: 'c'"));
}

// --- Biases where NIR has none ------------------------------------------------------------------

TEST(NirForm, AScaleWithABiasBecomesAConvolutionOfAnImage) {
  const Shape image = {2, 3, 3};
  const NirForm form = checked_form(
      between(image, {with_bias(node("s", Scale{{0.5f}}, image, image), {1, 2})}, image));

  EXPECT_THAT(node_of(form, "s").as<Convolution>()->weight, ElementsAre(0.5f, 0.5f));
  EXPECT_THAT(node_of(form, "s").bias, ElementsAre(1, 2));
}

TEST(NirForm, AScaleWithABiasBecomesAMatrixElsewhere) {
  const NirForm form =
      checked_form(between({3}, {with_bias(node("s", Scale{{1, 2, 3}}, {3}, {3}), {4})}, {3}));

  EXPECT_THAT(node_of(form, "s").as<Dense>()->weight, ElementsAre(1, 0, 0, 0, 2, 0, 0, 0, 3));
  EXPECT_THAT(node_of(form, "s").bias, ElementsAre(4, 4, 4));
}

TEST(NirForm, BiasesOfDelaysAndReshapesGetANodeOfTheirOwn) {
  const NirForm form =
      checked_form(between({2, 3},
                           {with_bias(node("delay", Delay{{{0.002}}}, {2, 3}, {2, 3}), {1, 2}),
                            with_bias(node("flat", Reshape{}, {2, 3}, {6}), rising(6))},
                           {6}));

  EXPECT_THAT(names_of(form.network),
              ElementsAre("in", "delay", "flat", "n", "out", "delay.bias", "flat.bias"));
  EXPECT_THAT(node_of(form, "delay").bias, IsEmpty());
  EXPECT_TRUE(node_of(form, "delay.bias").as<Convolution>());
  EXPECT_TRUE(node_of(form, "flat.bias").as<Dense>());
}

TEST(NirForm, BiasesOfTooManyElementsAreRefused) {
  const Node delay = node("d", Delay{{{0.002}}}, {10'000}, {10'000});

  EXPECT_THAT(refusal_of(between({10'000}, {with_bias(delay, rising(10'000))}, {10'000})),
              HasSubstr("adds a bias of its own to each of 10000 elements"));
}

// --- Edges and names ----------------------------------------------------------------------------

TEST(NirForm, AnEdgeThatStandsTwiceBecomesAScale) {
  Network network = between({3}, {}, {3});
  network.edges.push_back({0, 1});
  network.edges.push_back({0, 1});

  const NirForm form = checked_form(network);

  EXPECT_THAT(form.notes,
              ElementsAre("an edge that stands several times is written as a Scale: 'in -> n'"));
  EXPECT_THAT(node_of(form, "in.times_3").as<Scale>()->factor, ElementsAre(3, 3, 3));
  EXPECT_EQ(form.network.edges.size(), 3u);
}

TEST(NirForm, NamesThatNoFileHoldsAreChanged) {
  Network network = chain({});
  for (const std::string& name :
       {std::string("a/b"), std::string("a.b"), std::string("ends."), std::string("."),
        std::string(".."), std::string(""), std::string("z\0z", 3), std::string("\xCF\x83"),
        std::string("\xFFx"), std::string("line\nline"), std::string("type"), std::string("/")}) {
    network.nodes.push_back(node(name, neurons_of(NeuronType::integrator), {1}, {1}));
  }
  network.nodes.push_back(node("in", Input{}, {1}, {1}));
  network.nodes.push_back(node("out", Output{}, {1}, {1}));
  for (u32 i = 0; i < 12; ++i) {
    network.edges.push_back({12, i});
    network.edges.push_back({i, 13});
  }
  const TempFolder folder(memory_folder());

  const NirForm form = to_nir_form(network);
  save_nir(form, folder.file("x.nir"));

  EXPECT_THAT(names_of(form.network),
              ElementsAre("a.b_2", "a.b", "ends.", "_", "..", "node", "z_z", "\xCF\x83", "_x",
                          "line\nline", "type", "__2", "in", "out"));
  EXPECT_EQ(network_text(load_nir(folder.file("x.nir")).network), network_text(form.network));
}

// --- Shapes -------------------------------------------------------------------------------------

TEST(NirForm, FlattenStepsJoinOneRangeEach) {
  EXPECT_THAT(flatten_steps({2, 3}, {2, 3}), ElementsAre(Shape{2, 3}));
  EXPECT_THAT(flatten_steps({2, 3, 4}, {24}), ElementsAre(Shape{24}));
  EXPECT_THAT(flatten_steps({2, 3, 4}, {2, 12}), ElementsAre(Shape{2, 12}));
  EXPECT_THAT(flatten_steps({2, 3, 4, 5}, {6, 20}), ElementsAre(Shape{6, 4, 5}, Shape{6, 20}));
  EXPECT_THAT(flatten_steps({1, 2, 1, 3}, {2, 3}), ElementsAre(Shape{2, 1, 3}, Shape{2, 3}));
  EXPECT_THAT(flatten_steps({5, 1, 1}, {5}), ElementsAre(Shape{5}));
  EXPECT_THAT(flatten_steps({1, 1}, {1}), ElementsAre(Shape{1}));
}

TEST(NirForm, FlattenStepsSplitNothing) {
  EXPECT_THAT(flatten_steps({24}, {2, 12}), IsEmpty());
  EXPECT_THAT(flatten_steps({4, 6}, {6, 4}), IsEmpty());
  EXPECT_THAT(flatten_steps({3, 4}, {2, 6}), IsEmpty());
  EXPECT_THAT(flatten_steps({5}, {5, 1}), IsEmpty());
  EXPECT_THAT(flatten_steps({5}, {1, 5}), IsEmpty());
}

TEST(NirForm, AFlattenIsPutInWhereShapesDiffer) {
  const NirForm form =
      checked_form(between({2, 3, 2}, {node("w", dense(4, 12, rising(48)), {12}, {4})}, {4}));

  EXPECT_THAT(form.notes, ElementsAre("a Flatten is put in behind a node, as what reads it has "
                                      "another shape: 'in'"));
  EXPECT_THAT(node_of(form, "in").output_shape, ElementsAre(2, 3, 2)) << "an Input keeps its shape";
  EXPECT_THAT(node_of(form, "in.flatten").output_shape, ElementsAre(12));
}

TEST(NirForm, AReshapeJoinsSeveralRangesInSteps) {
  const NirForm form =
      checked_form(between({2, 3, 2, 2}, {node("r", Reshape{}, {2, 3, 2, 2}, {6, 4})}, {6, 4}));

  EXPECT_THAT(names_of(form.network), ElementsAre("in", "r", "n", "out", "r_2"));
}

// Some exporters count the batch: Flatten from the second dimension on.
TEST(NirForm, AReshapeThatStopsShortGoesAllTheWay) {
  const NirForm form = checked_form(between(
      {2, 3, 2},
      {node("r", Reshape{}, {2, 3, 2}, {2, 6}), node("w", dense(4, 12, rising(48)), {12}, {4})},
      {4}));

  EXPECT_THAT(form.notes, ElementsAre("shapes are stated as the nodes around need them: 'r'"));
  EXPECT_THAT(node_of(form, "r").output_shape, ElementsAre(12));
  EXPECT_EQ(form.network.nodes.size(), 5u);
}

TEST(NirForm, AnInputTakesTheShapeThatItsReaderNeeds) {
  Network network = convolved({}, {1, 2, 2}, {2, 2, 2});
  network.nodes[0] = input_of(Shape{2, 2});

  EXPECT_THAT(node_of(checked_form(network), "in").output_shape, ElementsAre(1, 2, 2));
}

TEST(NirForm, WhatIsNeededReachesTheInputThroughNodesThatKeepShapes) {
  const Node scale = node("s", Scale{{2}}, {2, 2}, {2, 2});
  const Node convolution = node("c", Convolution{{}, 1, {1}}, {1, 2, 2}, {1, 2, 2});

  const NirForm form = checked_form(between({2, 2}, {scale, convolution}, {1, 2, 2}));

  EXPECT_THAT(form.notes,
              ElementsAre("shapes are stated as the nodes around need them: 'in', 's'"));
}

TEST(NirForm, NeuronsTakeAFlatShapeWhereAMatrixLeadsBackToThem) {
  Network network = between({2, 2}, {}, {2, 2});
  network.nodes.push_back(node("rec", dense(4, 4, rising(16)), {4}, {4}));
  network.edges.push_back({1, 3});
  network.edges.push_back({3, 1});

  const NirForm form = checked_form(network);

  EXPECT_THAT(node_of(form, "n").output_shape, ElementsAre(4));
  EXPECT_THAT(node_of(form, "out").output_shape, ElementsAre(4));
  EXPECT_THAT(node_of(form, "in").output_shape, ElementsAre(2, 2));
}

TEST(NirForm, ASplitThatNirCannotSayIsRefused) {
  const Node matrix = node("w", dense(4, 2, rising(8)), {2}, {4});
  const Node convolution = node("c", Convolution{{}, 1, {1}}, {1, 2, 2}, {1, 2, 2});

  EXPECT_EQ(refusal_of(between({2}, {matrix, convolution}, {1, 2, 2})),
            "n: node 'c': reads 1 x 2 x 2, but 'w' gives 4 (NIR can join dimensions, not split "
            "them)");
  EXPECT_EQ(refusal_of(between({2}, {matrix, node("r", Reshape{}, {4}, {1, 2, 2}), convolution},
                               {1, 2, 2})),
            "n: node 'r': reshapes 4 into 1 x 2 x 2 (NIR can join dimensions, not split them)");
}

TEST(NirForm, AllThatIsWrongIsTold) {
  Network network = convolved({{2, 2}, {2, 2}, {0, 0}, {1, 1}}, {1, 5, 5}, {1, 3, 3});
  network.nodes.push_back(node("loose", Sparse{{0, 2}, {1, 1}, {1, 2}}, {1}, {2}));

  const std::string refusal = refusal_of(network);

  EXPECT_THAT(refusal, HasSubstr("node 'c'"));
  EXPECT_THAT(refusal, HasSubstr("node 'loose'"));
}

TEST(NirForm, WhatReadsNothingMustSayItsShape) {
  Network network = between({3}, {}, {3});
  network.nodes.push_back(node("loose", Reshape{}, {3}, {3}));

  EXPECT_EQ(refusal_of(network),
            "n: node 'loose': reads nothing, and NIR does not say its shape (remove it)");
}

TEST(NirForm, ANetworkThatIsNotSoundOrEmptyIsRefused) {
  Network network = between({3}, {}, {3});
  network.edges.push_back({9, 1});

  EXPECT_THAT(refusal_of(network), HasSubstr("has an edge to a node that does not exist"));
  EXPECT_EQ(refusal_of(chain({})), "n: holds a network without nodes");
}

}  // namespace
}  // namespace spikefab::test
