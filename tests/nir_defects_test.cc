// The defects of published NIR files that the importer puts right, each with a note.
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

NirBuilder lif_chain(Members input, Members weights, Members lif, Members output) {
  NirBuilder builder;
  builder.node("in", "Input", std::move(input))
      .node("fc", "Linear", std::move(weights))
      .node("lif", "LIF", std::move(lif))
      .node("out", "Output", std::move(output))
      .chain({"in", "fc", "lif", "out"});
  return builder;
}

TEST(NirDefects, AnEdgeMayNameANodeByItsFormerName) {
  NirBuilder inner;
  inner.node("i", "Input", shape_of({3}))
      .node("o", "Output", shape_of({3}))
      .node("lif1", "LIF", lif_members({3}))
      .node("rec", "Linear", matrix(3, 3))
      .chain({"i", "lif", "rec", "lif", "o"});
  NirBuilder top;
  top.node("in", "Input", shape_of({3}))
      .node("out", "Output", shape_of({3}))
      .subgraph("rnn", inner)
      .chain({"in", "rnn", "out"});

  const NirNetwork nir = read_nir(top);

  EXPECT_THAT(edges_of(nir), Contains("rnn/rec -> rnn/lif1"));
  EXPECT_THAT(nir.notes, Contains(HasSubstr("'rnn/lif = rnn/lif1'")));
}

TEST(NirDefects, AnEdgeMayNameASubgraphThatWasFlattened) {
  NirBuilder builder;
  builder.node("in", "Input", shape_of({3}))
      .node("rnn.input", "Input", shape_of({3}))
      .node("rnn.lif", "LIF", lif_members({3}))
      .node("rnn.output", "Output", shape_of({3}))
      .node("out", "Output", shape_of({3}))
      .chain({"in", "rnn", "out"})
      .chain({"rnn.input", "rnn.lif", "rnn.output"})
      .edge("rnn", "rnn");

  const NirNetwork nir = read_nir(builder);

  EXPECT_THAT(edges_of(nir), testing::UnorderedElementsAre("in -> rnn.lif", "rnn.lif -> out"));
  EXPECT_THAT(nir.notes, Contains(HasSubstr("from a flattened sub-graph to itself is left out")));
  EXPECT_THAT(nir.notes, Contains(HasSubstr("as ports of a sub-graph: ")));
}

NirBuilder image_chain(std::vector<double> input, std::vector<u64> neurons, double start_dim,
                       double pool_stride) {
  const auto pair = [](double v) { return vector_of({v, v}); };
  NirBuilder builder;
  builder.node("in", "Input", shape_of(std::move(input)))
      .node("conv", "Conv2d",
            {{"weight", same(1, {4, 2, 3, 3})},
             {"bias", same(0, {4})},
             {"stride", pair(1)},
             {"padding", pair(1)},
             {"dilation", pair(1)},
             {"groups", scalar(1)}})
      .node("if", "IF", if_members(neurons))
      .node("pool", "SumPool2d",
            {{"kernel_size", pair(2)}, {"stride", pair(pool_stride)}, {"padding", pair(0)}})
      .node("flat", "Flatten",
            {{"start_dim", scalar(start_dim)}, {"end_dim", scalar(-1)}, {"input_type", pair(0)}})
      .node("fc", "Linear", matrix(10, 64))
      .node("out", "Output", shape_of({10}))
      .chain({"in", "conv", "if", "pool", "flat", "fc", "out"});
  return builder;
}

TEST(NirDefects, FlattenMayStartBehindABatchThatIsNotThere) {
  const NirNetwork nir = read_nir(image_chain({2, 8, 8}, {4, 8, 8}, 1, 2));

  EXPECT_THAT(node_of(nir, "flat").output_shape, ElementsAre(4, 16));
  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("same number of elements")));
}

TEST(NirDefects, ShapesMayHaveABatchOfOne) {
  const NirNetwork nir = read_nir(image_chain({1, 2, 8, 8}, {1, 4, 8, 8}, 1, 2));

  EXPECT_THAT(node_of(nir, "in").output_shape, ElementsAre(2, 8, 8));
  EXPECT_THAT(node_of(nir, "if").output_shape, ElementsAre(4, 8, 8));
  EXPECT_THAT(nir.notes, Contains(HasSubstr("batch dimension of 1, which is left out: 'in'")));
}

TEST(NirDefects, APoolingMayLackItsStride) {
  const NirNetwork nir = read_nir(image_chain({2, 8, 8}, {4, 8, 8}, 0, 1));

  EXPECT_THAT(node_of(nir, "pool").output_shape, ElementsAre(4, 4, 4));
  EXPECT_EQ(node_of(nir, "pool").as<Pooling>()->window.stride.x, 2u);
  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("a pooling has stride 1")));
}

TEST(NirDefects, ParametersMayBeSingleNumbers) {
  Members mixed = lif_members({3});
  mixed[1].second = scalar(2);
  const NirNetwork all =
      read_nir(lif_chain(shape_of({2}), matrix(3, 2), lif_members({}), shape_of({3})));
  const NirNetwork some = read_nir(lif_chain(shape_of({2}), matrix(3, 2), mixed, shape_of({3})));

  EXPECT_EQ(all.network.neuron_count(), 3u);
  EXPECT_THAT(all.notes, ElementsAre(HasSubstr("single numbers are for all neurons")));
  EXPECT_EQ(some.network.neuron_count(), 3u);
  EXPECT_EQ(node_of(some, "lif").as<Neurons>()->r.at(2), 2);
}

TEST(NirDefects, AnInputMayHaveATimeAxis) {
  const NirNetwork nir =
      read_nir(lif_chain(shape_of({256, 2}), matrix(3, 2), lif_members({3}), shape_of({3})));

  EXPECT_THAT(node_of(nir, "in").output_shape, ElementsAre(2));
  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("taken for time: 'in'")));
}

// A matrix reads all elements, in whatever shape: what the Input states is kept for its readers.
TEST(NirDefects, AnInputKeepsItsShapeBeforeAMatrix) {
  const NirNetwork image =
      read_nir(lif_chain(shape_of({2, 2}), matrix(1, 4), lif_members({1}), shape_of({1})));
  const NirNetwork batch =
      read_nir(lif_chain(shape_of({1, 4}), matrix(1, 4), lif_members({1}), shape_of({1})));

  EXPECT_THAT(node_of(image, "in").output_shape, ElementsAre(2, 2));
  EXPECT_THAT(node_of(image, "fc").input_shape, ElementsAre(4));
  EXPECT_THAT(image.notes, ElementsAre(HasSubstr("shapes that meet differ, but have the same")));
  EXPECT_THAT(node_of(batch, "in").output_shape, ElementsAre(4));
  EXPECT_THAT(batch.notes, ElementsAre(HasSubstr("by dimensions of 1")));
}

TEST(NirDefects, AnOutputMayHaveMoreDimensionsOfOne) {
  const NirNetwork nir =
      read_nir(lif_chain(shape_of({2}), matrix(1, 2), lif_members({1}), shape_of({1, 1, 1})));

  EXPECT_THAT(node_of(nir, "out").output_shape, ElementsAre(1));
}

TEST(NirDefects, WeightsMayBeTransposed) {
  NirBuilder builder = lif_chain(shape_of({2}), {{"weight", numbers({1, 2, 3, 4, 5, 6}, {2, 3})}},
                                 lif_members({3}), shape_of({3}));

  const NirNetwork nir = read_nir(builder);

  EXPECT_THAT(node_of(nir, "fc").as<Dense>()->weight, ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("weights are turned")));
}

TEST(NirDefects, SquareWeightsAreTurnedWithTheOthers) {
  NirBuilder builder;
  builder.node("in", "Input", shape_of({2}))
      .node("fc", "Linear", matrix(2, 3))
      .node("lif", "LIF", lif_members({3}))
      .node("square", "Linear", {{"weight", numbers({0, 1, 2, 3, 4, 5, 6, 7, 8}, {3, 3})}})
      .node("out", "Output", shape_of({3}))
      .chain({"in", "fc", "lif", "square", "out"});

  const NirNetwork nir = read_nir(builder);

  EXPECT_THAT(node_of(nir, "square").as<Dense>()->weight, ElementsAre(0, 3, 6, 1, 4, 7, 2, 5, 8));
}

TEST(NirDefects, AnInputMayLeadStraightToAnOutputAndACycleHangLoose) {
  NirBuilder builder;
  builder.node("in", "Input", shape_of({3}))
      .node("out", "Output", shape_of({3}))
      .node("lif", "LIF", lif_members({3}))
      .node("rec", "Affine", {{"weight", same(1, {3, 3})}, {"bias", same(0, {3})}})
      .edge("in", "out")
      .edge("rec", "out")
      .edge("lif", "rec")
      .edge("rec", "lif");

  const NirNetwork nir = read_nir(builder);

  EXPECT_EQ(nir.network.edges.size(), 4u);
  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("straight to an Output: 'in -> out'")));
}

TEST(NirDefects, ABiasMayBeFalse) {
  Hdf5Dataset no = scalar(0);
  no.kind = Hdf5Kind::boolean;
  NirBuilder builder;
  builder.node("in", "Input", shape_of({2}))
      .node("fc", "Affine", {{"weight", same(1, {3, 2})}, {"bias", no}})
      .node("out", "Output", shape_of({3}))
      .chain({"in", "fc", "out"});

  const NirNetwork nir = read_nir(builder);

  EXPECT_THAT(node_of(nir, "fc").bias, IsEmpty());
  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("bias is False")));
}

TEST(NirDefects, TimeConstantsThatLookLikeDecayFactorsAreReported) {
  const NirNetwork nir =
      read_nir(lif_chain(shape_of({2}), matrix(3, 2), lif_members({3}, 0.9), shape_of({3})));

  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("alpha, beta")));
}

TEST(NirDefects, EqualParametersMayBeOfAnotherNumberOfNeurons) {
  const NirNetwork nir =
      read_nir(lif_chain(shape_of({2}), matrix(3, 2), lif_members({38}), shape_of({3})));

  EXPECT_EQ(nir.network.neuron_count(), 3u);
  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("taken for another number of neurons: 'lif'")));
}

TEST(NirDefects, PortsOfSubgraphsMayStateAWrongShape) {
  NirBuilder inner;
  inner.node("i", "Input", shape_of({2}))
      .node("o", "Output", shape_of({3}))
      .node("lif", "LIF", lif_members({3}))
      .chain({"i", "lif", "o"});
  NirBuilder top;
  top.node("in", "Input", shape_of({2}))
      .node("fc", "Linear", matrix(3, 2))
      .subgraph("sub", inner)
      .node("out", "Output", shape_of({3}))
      .chain({"in", "fc", "sub", "out"});

  const NirNetwork nir = read_nir(top);

  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("state a wrong shape are ignored: 'sub/i'")));
}

TEST(NirDefects, UnknownParametersAndMetadataAreLeftOut) {
  Members lif = lif_members({3});
  lif.push_back({"surprise", scalar(1)});
  const NirNetwork nir = read_nir(lif_chain(shape_of({2}), matrix(3, 2), lif, shape_of({3})));

  EXPECT_THAT(nir.notes, ElementsAre(HasSubstr("are ignored: 'lif/surprise'")));
}

}  // namespace
}  // namespace spikefab::test
