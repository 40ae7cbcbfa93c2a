// The NIR importer: node types, graphs and versions of the format.
#include "mapper/nir/nir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/nir_builder.h"

namespace spikefab::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

NirNetwork read_fixture(const std::string& name) {
  return load_nir(SPIKEFAB_SOURCE_DIR "/tests/fixtures/nir/" + name);
}

// --- Files in the layouts of several versions ---------------------------------------------------

TEST(Nir, ReadsALifNetworkWithCompressedArrays) {
  const NirNetwork nir = read_fixture("lif.nir");

  EXPECT_EQ(nir.version, "1.0.7");
  EXPECT_THAT(nir.notes, IsEmpty());
  EXPECT_EQ(nir.network.neuron_count(), 2u);
  const Node& affine = node_of(nir, "affine");
  EXPECT_THAT(affine.as<Dense>()->weight, ElementsAre(1, -1, 0.5, 2));
  EXPECT_THAT(affine.bias, ElementsAre(0, 0.25));
  const Neurons& lif = *node_of(nir, "lif").as<Neurons>();
  EXPECT_EQ(lif.type, NeuronType::leaky_fire);
  EXPECT_FLOAT_EQ(static_cast<float>(lif.tau.at(1)), 0.02f);
  EXPECT_EQ(lif.v_reset.at(1), 0);
}

TEST(Nir, ReadsAConvolutionNetwork) {
  const NirNetwork nir = read_fixture("convolution.nir");

  EXPECT_THAT(nir.notes, IsEmpty());
  EXPECT_EQ(nir.network.neuron_count(), 50u);
  EXPECT_THAT(node_of(nir, "0").output_shape, ElementsAre(3, 4, 4));
  EXPECT_THAT(node_of(nir, "2").output_shape, ElementsAre(3, 2, 2));
  EXPECT_THAT(node_of(nir, "3").output_shape, ElementsAre(12));
  EXPECT_FALSE(node_of(nir, "1").as<Neurons>()->v_reset.given());
}

TEST(Nir, SplicesASubgraphIn) {
  const NirNetwork nir = read_fixture("recurrent.nir");

  EXPECT_THAT(nir.notes, IsEmpty());
  EXPECT_THAT(edges_of(nir),
              testing::UnorderedElementsAre("input -> fc", "fc -> rnn/lif", "rnn/lif -> rnn/w_rec",
                                            "rnn/w_rec -> rnn/lif", "rnn/lif -> output"));
}

TEST(Nir, ReadsTheFirstVersion) {
  const NirNetwork nir = read_fixture("first_version.nir");

  EXPECT_EQ(nir.version, "");
  EXPECT_THAT(edges_of(nir),
              testing::UnorderedElementsAre("0 -> 1", "input_0 -> 0", "1 -> output_1"));
  EXPECT_THAT(node_of(nir, "0").bias, ElementsAre(0, 1, 2));
  EXPECT_THAT(node_of(nir, "input_0").output_shape, ElementsAre(2));
  EXPECT_EQ(node_of(nir, "1").as<Neurons>()->v_threshold.at(0), 0.5);
  EXPECT_THAT(nir.notes, Contains(HasSubstr("an Input is added")));
}

// --- Node types ---------------------------------------------------------------------------------

TEST(Nir, ReadsEveryTypeOfNeurons) {
  const auto tau = [] {
    return Members{{"tau", scalar(1)}, {"r", scalar(2)}, {"v_leak", scalar(3)}};
  };
  Members cuba_leaky = {
      {"tau_syn", scalar(1)}, {"tau_mem", scalar(2)}, {"r", scalar(3)}, {"v_leak", scalar(4)}};
  NirBuilder builder;
  builder.node("in", "Input", shape_of({4}))
      .node("a", "I", {{"r", scalar(1)}})
      .node("b", "IF", if_members({4}))
      .node("c", "LI", tau())
      .node("d", "LIF", lif_members({4}))
      .node("e", "CubaLI", std::move(cuba_leaky))
      .node("f", "CubaLIF", cuba_members({4}))
      .node("g", "Threshold", {{"threshold", same(0.5, {4})}})
      .node("out", "Output", shape_of({4}))
      .chain({"in", "a", "b", "c", "d", "e", "f", "g", "out"});

  const NirNetwork nir = read_nir(builder);

  std::vector<std::string_view> types;
  for (const u32 i : nir.network.populations()) {
    types.push_back(name_of(nir.network.nodes[i].as<Neurons>()->type));
    EXPECT_THAT(nir.network.nodes[i].output_shape, ElementsAre(4));
  }
  EXPECT_THAT(types, ElementsAre("I", "IF", "LI", "LIF", "CubaLI", "CubaLIF", "Threshold"));
  const Neurons& leaky = *node_of(nir, "e").as<Neurons>();
  EXPECT_EQ(leaky.w_in.at(3), 1) << "files before 1.0 have none";
  EXPECT_EQ(leaky.tau.at(0), 2);
  EXPECT_EQ(leaky.tau_syn.at(0), 1);
}

TEST(Nir, ReadsScaleDelayFlattenAndPooling) {
  const auto pair = [](double v) { return vector_of({v, v}); };
  NirBuilder builder;
  builder.node("in", "Input", shape_of({2, 4, 6}))
      .node("mean", "AvgPool2d",
            {{"kernel_size", pair(2)}, {"stride", pair(2)}, {"padding", pair(0)}})
      .node("sum", "SumPool2d",
            {{"kernel_size", vector_of({1, 3})}, {"stride", scalar(1)}, {"padding", scalar(0)}})
      .node("flat", "Flatten", {{"start_dim", scalar(0)}, {"end_dim", scalar(-1)}})
      .node("scale", "Scale", {{"scale", same(2, {4})}})
      .node("delay", "Delay", {{"delay", same(0.003, {4})}})
      .node("out", "Output", shape_of({4}))
      .chain({"in", "mean", "sum", "flat", "scale", "delay", "out"});

  const NirNetwork nir = read_nir(builder);

  EXPECT_TRUE(node_of(nir, "mean").as<Pooling>()->mean);
  EXPECT_FALSE(node_of(nir, "sum").as<Pooling>()->mean);
  EXPECT_THAT(node_of(nir, "mean").output_shape, ElementsAre(2, 2, 3));
  EXPECT_THAT(node_of(nir, "sum").output_shape, ElementsAre(2, 2, 1));
  EXPECT_THAT(node_of(nir, "flat").output_shape, ElementsAre(4));
  EXPECT_EQ(node_of(nir, "scale").as<Scale>()->factor.size(), 4u);
  EXPECT_EQ(node_of(nir, "delay").as<Delay>()->seconds.at(0), 0.003);
}

TEST(Nir, ReadsConvolutionsInOneDimensionAndWithSamePadding) {
  NirBuilder builder;
  builder.node("in", "Input", shape_of({4, 10}))
      .node("strided", "Conv1d",
            {{"weight", same(1, {6, 2, 3})},
             {"bias", same(0, {6})},
             {"stride", scalar(2)},
             {"padding", scalar(1)},
             {"dilation", scalar(2)},
             {"groups", scalar(2)}})
      .node("same", "Conv1d",
            {{"weight", same(1, {1, 6, 4})}, {"bias", same(0, {1})}, {"padding", text("same")}})
      .node("out", "Output", {})
      .chain({"in", "strided", "same", "out"});

  const NirNetwork nir = read_nir(builder);

  EXPECT_THAT(node_of(nir, "strided").output_shape, ElementsAre(6, 4));
  EXPECT_EQ(node_of(nir, "strided").as<Convolution>()->groups, 2u);
  EXPECT_THAT(node_of(nir, "same").output_shape, ElementsAre(1, 4));
  EXPECT_EQ(node_of(nir, "same").as<Convolution>()->window.padding.x, 1u) << "1 before, 2 behind";
  EXPECT_THAT(node_of(nir, "out").output_shape, ElementsAre(1, 4));
}

TEST(Nir, KeepsLeadingDimensionsOfMatricesAsBlocks) {
  NirBuilder builder;
  builder.node("in", "Input", shape_of({2, 3}))
      .node("blocks", "Affine", {{"weight", same(1, {2, 4, 3})}, {"bias", same(1, {4})}})
      .node("out", "Output", shape_of({2, 4}))
      .chain({"in", "blocks", "out"});

  const NirNetwork nir = read_nir(builder);

  EXPECT_EQ(node_of(nir, "blocks").as<Dense>()->blocks, 2u);
  EXPECT_THAT(node_of(nir, "blocks").output_shape, ElementsAre(2, 4));
  EXPECT_EQ(node_of(nir, "blocks").bias.size(), 8u);
}

// --- Graphs -------------------------------------------------------------------------------------

NirBuilder twice_the_same_edge() {
  NirBuilder builder;
  builder.node("in", "Input", shape_of({2}))
      .node("fc", "Linear", matrix(3, 2))
      .node("out", "Output", shape_of({3}))
      .chain({"in", "fc", "out"})
      .edge("in", "fc");
  return builder;
}

TEST(Nir, CountsDuplicateEdgesOnceOrAddsThemUp) {
  const NirNetwork once = read_nir(twice_the_same_edge());
  const NirNetwork both =
      read_nir(twice_the_same_edge(), {.duplicate_edges = DuplicateEdges::add_up});

  EXPECT_EQ(once.network.edges.size(), 2u);
  EXPECT_THAT(once.notes, Contains(HasSubstr("edges that stand twice count once: 'in -> fc'")));
  EXPECT_EQ(both.network.edges.size(), 3u);
  EXPECT_THAT(both.notes, IsEmpty());
}

// NIR had no v_reset before 1.0.6, and said that a spike subtracts the threshold.
TEST(Nir, TheVersionSaysWhatAMissingVResetMeans) {
  NirBuilder builder;
  builder.node("in", "Input", shape_of({1}))
      .node("if", "IF", if_members({1}))
      .node("out", "Output", shape_of({1}))
      .chain({"in", "if", "out"});
  const auto subtracts = [&](const std::string& version) {
    return make_nir_network(builder.file(version), "test.nir").network.subtracts_without_v_reset;
  };

  for (const char* version : {"", "0.1.1", "0.2", "1.0", "1.0.5", "1.0.5.dev2"}) {
    EXPECT_TRUE(subtracts(version)) << version;
  }
  for (const char* version : {"1.0.6", "1.0.6rc1", "1.0.10", "1.1", "2", "main"}) {
    EXPECT_FALSE(subtracts(version)) << version;
  }
}

TEST(Nir, SplicesNestedSubgraphs) {
  NirBuilder inner;
  inner.node("i", "Input", shape_of({3}))
      .node("o", "Output", shape_of({3}))
      .node("lif", "LIF", lif_members({3}))
      .chain({"i", "lif", "o"});
  NirBuilder outer;
  outer.node("i", "Input", shape_of({3}))
      .node("o", "Output", shape_of({3}))
      .subgraph("inner", inner)
      .chain({"i", "inner", "o"});
  NirBuilder top;
  top.node("in", "Input", shape_of({3}))
      .node("out", "Output", shape_of({3}))
      .subgraph("outer", outer)
      .chain({"in", "outer", "out"});

  const NirNetwork nir = read_nir(top);

  EXPECT_THAT(edges_of(nir),
              testing::UnorderedElementsAre("in -> outer/inner/lif", "outer/inner/lif -> out"));
}

}  // namespace
}  // namespace spikefab::test
