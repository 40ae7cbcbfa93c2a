// What the NIR importer refuses: place, what is wrong and what to do.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "mapper/nir/nir.h"
#include "tests/support/nir_builder.h"

namespace spikefab::test {
namespace {

// in -> fc -> lif -> out, of 2, 3, 3 and 3 elements; cases change one thing.
struct Parts {
  Members input = {{"shape", vector_of({2})}};
  std::string fc_type = "Linear";
  Members fc = {{"weight", same(1, {3, 2})}};
  std::string lif_type = "LIF";
  Members lif = lif_members({3});
  Members output = {{"shape", vector_of({3})}};
  std::vector<std::string> chain = {"in", "fc", "lif", "out"};
};

NirBuilder build(const Parts& parts) {
  NirBuilder builder;
  builder.node("in", "Input", parts.input)
      .node("fc", parts.fc_type, parts.fc)
      .node("lif", parts.lif_type, parts.lif)
      .node("out", "Output", parts.output)
      .chain(parts.chain);
  return builder;
}

std::string message_of(const Hdf5Group& file) {
  try {
    make_nir_network(file, "test.nir");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

std::string message_of(const Parts& parts) { return message_of(build(parts).file()); }

void set(Members& members, const std::string& name, Hdf5Dataset value) {
  for (auto& [member, dataset] : members) {
    if (member == name) dataset = std::move(value);
  }
}

TEST(NirMessages, RightPartsGiveNone) { EXPECT_EQ(message_of(Parts{}), ""); }

TEST(NirMessages, UnknownType) {
  Parts parts;
  parts.lif_type = "LIFF";
  EXPECT_EQ(
      message_of(parts),
      "test.nir: /node/nodes/lif: is of type 'LIFF' (have: Affine, AvgPool2d, Conv1d, Conv2d, "
      "CubaLI, CubaLIF, Delay, Flatten, I, IF, Input, LI, LIF, Linear, Output, Scale, "
      "SumPool2d, Threshold; did you mean 'LIF'?)");
}

TEST(NirMessages, UnknownNodeInAnEdge) {
  Parts parts;
  parts.chain = {"in", "fc", "lfi", "out"};
  EXPECT_EQ(message_of(parts),
            "test.nir: /node: an edge names 'lfi', which is no node "
            "(have: fc, in, lif, out; did you mean 'lif'?)");
}

TEST(NirMessages, MissingParameter) {
  Parts parts;
  parts.lif.erase(parts.lif.begin());
  EXPECT_EQ(message_of(parts), "test.nir: /node/nodes/lif: tau is missing");
}

TEST(NirMessages, TextForANumber) {
  Parts parts;
  set(parts.lif, "tau", text("fast"));
  EXPECT_EQ(message_of(parts),
            "test.nir: /node/nodes/lif/tau: is text (must be a number or an "
            "array of numbers)");
}

TEST(NirMessages, NegativeTimeConstant) {
  Parts parts;
  set(parts.lif, "tau", vector_of({0.01, -3211, 0.01}));
  EXPECT_EQ(message_of(parts),
            "test.nir: /node/nodes/lif: tau[1] = -3211.000000 (must be above 0: it is a time "
            "constant, and this neuron would grow for ever)");
}

TEST(NirMessages, NotANumber) {
  Parts parts;
  set(parts.fc, "weight", same(std::nan(""), {3, 2}));
  EXPECT_EQ(message_of(parts), "test.nir: /node/nodes/fc: weight[0] is not finite");
  parts = {};
  set(parts.lif, "r", same(std::numeric_limits<double>::infinity(), {3}));
  EXPECT_EQ(message_of(parts), "test.nir: /node/nodes/lif: r is not finite");
}

TEST(NirMessages, WeightBeyondAFloat) {
  Parts parts;
  set(parts.fc, "weight", same(1e300, {3, 2}));
  EXPECT_EQ(message_of(parts), "test.nir: /node/nodes/fc: weight[0] is not finite");
}

TEST(NirMessages, ShapesThatDoNotFit) {
  Parts parts;
  set(parts.lif, "tau", vector_of({0.01, 0.02, 0.03, 0.04}));
  EXPECT_EQ(message_of(parts),
            "test.nir: /node/nodes/lif/tau: is 4, but others are 3 (all "
            "parameters of neurons must have one shape)");
  parts = {};
  parts.lif = lif_members({4});
  set(parts.lif, "tau", vector_of({0.01, 0.02, 0.03, 0.04}));
  EXPECT_EQ(message_of(parts), "test.nir: /node/nodes/lif: is made for 4, but gets 3");
}

TEST(NirMessages, OutputOfAnotherSize) {
  Parts parts;
  set(parts.output, "shape", vector_of({7}));
  EXPECT_EQ(message_of(parts), "test.nir: /node/nodes/out: is of 7, but gets 3");
}

TEST(NirMessages, InputOfAnotherSize) {
  Parts parts;
  set(parts.input, "shape", vector_of({7}));
  EXPECT_EQ(message_of(parts), "test.nir: /node/nodes/fc: is made for 2, but gets 7");
}

TEST(NirMessages, ShapeThatIsNone) {
  Parts parts;
  set(parts.input, "shape", vector_of({2, -1}));
  EXPECT_EQ(message_of(parts),
            "test.nir: /node/nodes/in/shape: must be at most 16 integers of 1 "
            "or more");
}

TEST(NirMessages, MatrixThatIsNone) {
  Parts parts;
  set(parts.fc, "weight", vector_of({1, 2}));
  EXPECT_EQ(message_of(parts),
            "test.nir: /node/nodes/fc: weight is no matrix (must be outputs x inputs)");
}

TEST(NirMessages, BiasOfAnotherSize) {
  Parts parts;
  parts.fc_type = "Affine";
  parts.fc.push_back({"bias", same(1, {2})});
  EXPECT_EQ(message_of(parts),
            "test.nir: /node/nodes/fc: bias has 2 values (must have one per "
            "output, which are 3)");
}

TEST(NirMessages, CycleWithoutNeurons) {
  Parts parts;
  parts.lif_type = "Scale";
  parts.lif = {{"scale", same(1, {3})}};
  Hdf5Group file = build(parts)
                       .node("back", "Linear", {{"weight", same(1, {2, 3})}})
                       .chain({"lif", "back", "fc"})
                       .file();
  EXPECT_EQ(
      message_of(file),
      "test.nir: /node/nodes/back: is on a cycle without neurons, or behind one (a cycle must "
      "hold neurons)\n"
      "test.nir: /node/nodes/fc: is on a cycle without neurons, or behind one (a cycle must "
      "hold neurons)\n"
      "test.nir: /node/nodes/lif: is on a cycle without neurons, or behind one (a cycle must "
      "hold neurons)");
}

Members image_filter() {
  return {{"weight", same(1, {4, 2, 3, 3})}, {"bias", same(0, {4})},
          {"stride", vector_of({1, 1})},     {"padding", vector_of({0, 0})},
          {"dilation", vector_of({1, 1})},   {"groups", scalar(1)}};
}

std::string message_of_filter(std::vector<double> image, const Members& filter) {
  NirBuilder builder;
  builder.node("in", "Input", {{"shape", vector_of(std::move(image))}})
      .node("conv", "Conv2d", filter)
      .node("out", "Output", {})
      .chain({"in", "conv", "out"});
  return message_of(builder.file());
}

TEST(NirMessages, ConvolutionsThatDoNotFit) {
  Members filter = image_filter();
  EXPECT_EQ(message_of_filter({3, 8, 8}, filter),
            "test.nir: /node/nodes/conv: is made for 2 channels, but gets 3");
  EXPECT_EQ(message_of_filter({2, 2, 8}, filter),
            "test.nir: /node/nodes/conv: has a window larger than its input, 2 x 2 x 8 with "
            "padding");
  set(filter, "stride", scalar(0));
  EXPECT_EQ(message_of_filter({2, 8, 8}, filter),
            "test.nir: /node/nodes/conv/stride: must be at "
            "most 16 integers of 1 or more");
  set(filter, "stride", vector_of({2, 2}));
  set(filter, "padding", text("same"));
  EXPECT_EQ(message_of_filter({2, 8, 8}, filter),
            "test.nir: /node/nodes/conv: padding = 'same' "
            "with a stride above 1 (as torch, we have it for "
            "1 only)");
  set(filter, "padding", text("full"));
  EXPECT_EQ(message_of_filter({2, 8, 8}, filter),
            "test.nir: /node/nodes/conv: padding = 'full' "
            "(must be numbers, same or valid)");
}

TEST(NirMessages, SubgraphWithTwoInputs) {
  NirBuilder inner;
  inner.node("a", "Input", {{"shape", vector_of({2})}})
      .node("b", "Input", {{"shape", vector_of({2})}})
      .node("o", "Output", {{"shape", vector_of({2})}})
      .chain({"a", "o"})
      .chain({"b", "o"});
  NirBuilder top;
  top.node("in", "Input", {{"shape", vector_of({2})}})
      .subgraph("sub", inner)
      .node("out", "Output", {{"shape", vector_of({2})}})
      .chain({"in", "sub", "out"});
  EXPECT_EQ(message_of(top.file()),
            "test.nir: /node: edge 'in' -> 'sub': 'sub' has 2 Inputs and 1 Outputs, and an edge "
            "cannot say which (give it one Input and one Output)");
}

TEST(NirMessages, GraphsThatWereCutOff) {
  Hdf5Group no_edges = build({}).file();
  no_edges.groups["node"].datasets.erase("edges");
  EXPECT_EQ(
      message_of(no_edges),
      "test.nir: /node: has no edges (writing it was broken off: nir.write() of some versions "
      "fails for nodes with single numbers as parameters, and leaves such a file)");
  Hdf5Group no_type = build({}).file();
  no_type.groups["node"].groups["nodes"].groups["lif"].datasets.erase("type");
  EXPECT_EQ(message_of(no_type),
            "test.nir: /node/nodes/lif: has no type (writing it was broken "
            "off, or no NIR node)");
}

TEST(NirMessages, OtherHdf5Files) {
  Hdf5Group empty;
  set_places(empty, "");
  EXPECT_EQ(message_of(empty), "test.nir: /: is HDF5, but no NIR file: there is no group /node");
  Hdf5Group netx;
  netx.groups["layer"];
  set_places(netx, "");
  EXPECT_EQ(message_of(netx),
            "test.nir: /: is HDF5, but no NIR file: there is no group /node "
            "(it looks like lava-dl's NetX)");
  Hdf5Group recording;
  recording.groups["nodes"];
  set_places(recording, "");
  EXPECT_EQ(message_of(recording),
            "test.nir: /: holds nodes but no edges: recorded data "
            "(NIRGraphData)? (a network has a group /node)");
}

TEST(NirMessages, TextFromTheFileIsEscaped) {
  Parts parts;
  parts.lif_type = "L\x1b[31mIF";
  EXPECT_TRUE(
      message_of(parts).starts_with("test.nir: /node/nodes/lif: is of type "
                                    "'L\\x1b[31mIF'"));
}

}  // namespace
}  // namespace spikefab::test
