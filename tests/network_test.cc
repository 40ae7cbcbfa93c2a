// Networks: what is sound, linear maps against plain loops, and connections with the linear maps
// multiplied out.
#include "mapper/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <tuple>

#include "base/error.h"
#include "mapper/connections.h"
#include "mapper/linear_ops.h"
#include "tests/support/hand_made_network.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Node neurons(const std::string& name, u32 count) {
  return population(name, neurons_of(NeuronType::integrate_and_fire), count);
}

// Input of 2 -> Dense -> 3 neurons -> Output.
Network sound() {
  return chain({input_of(2), node("fc", dense(3, 2, {1, 2, 3, 4, 5, 6}), {2}, {3}),
                neurons("if", 3), output_of(3)});
}

std::string problem_of(const Network& network) {
  try {
    check_network(network);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

// --- Soundness ----------------------------------------------------------------------------------

TEST(Network, ASoundOneHasNoProblems) { EXPECT_EQ(problem_of(sound()), ""); }

TEST(Network, NamesMustDiffer) {
  Network network = sound();
  network.nodes[2].name = "fc";

  EXPECT_EQ(problem_of(network), "n: node 'fc': has the name of another node");
}

TEST(Network, EdgesMustJoinEqualSizes) {
  Network network = sound();
  network.edges.push_back({0, 2});
  network.edges.push_back({0, 9});

  EXPECT_EQ(problem_of(network),
            "n: node 'if': reads 3, but 'in' gives 2\n"
            "n: has an edge to a node that does not exist");
}

TEST(Network, NothingLeadsIntoAnInputOrOutOfAnOutput) {
  Network network = sound();
  network.nodes[0].input_shape = network.nodes[0].output_shape = {3};
  network.edges = {{3, 0}};

  EXPECT_EQ(problem_of(network),
            "n: node 'out': has an edge out of it (nothing comes out of an "
            "Output)\n"
            "n: node 'in': has an edge into it (nothing goes into an Input)");
}

TEST(Network, NumbersMustBeAsManyAsTheShapesSayAndFinite) {
  Network network = sound();
  std::get<Dense>(network.nodes[1].kind).weight.pop_back();
  network.nodes[1].bias = {1, 2};
  std::get<Neurons>(network.nodes[2].kind).r = {{1, 2}};
  EXPECT_EQ(problem_of(network),
            "n: node 'fc': has 5 weights (its shape needs 6)\n"
            "n: node 'fc': has 2 biases for 3 outputs\n"
            "n: node 'if': has 2 r (its shape needs 3)");

  network = sound();
  std::get<Dense>(network.nodes[1].kind).weight[4] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(problem_of(network), "n: node 'fc': weight[4] is not finite");
}

TEST(Network, TimeConstantsMustBeAboveZero) {
  Network network = sound();
  Neurons lif = neurons_of(NeuronType::leaky_fire);
  lif.tau = {{0.1, 0, 0.1}};
  network.nodes[2].kind = lif;

  EXPECT_THAT(problem_of(network), HasSubstr("tau[1] = 0.000000 (must be above 0"));
}

TEST(Network, ACycleMustHoldNeurons) {
  Network network = sound();
  network.nodes.push_back(node("rec", dense(3, 3, std::vector<float>(9, 1)), {3}, {3}));
  network.edges.push_back({2, 4});
  network.edges.push_back({4, 2});
  EXPECT_EQ(problem_of(network), "");

  network.edges.push_back({4, 4});
  EXPECT_THAT(problem_of(network), HasSubstr("'rec': is on a cycle without neurons"));
}

TEST(Network, LinearNodesComeAfterThoseThatTheyRead) {
  Network network = sound();
  network.nodes.push_back(node("first", Scale{{2}}, {2}, {2}));
  network.edges = {{0, 4}, {4, 1}, {1, 2}, {2, 3}};

  EXPECT_THAT(linear_order(network), ElementsAre(4, 1));
}

TEST(Network, ABiasIsSharedByNeighbours) {
  Node filter = node("c", Convolution{{{1, 1}, {}, {0, 0}, {}}, 1, {1, 1}}, {1, 2, 2}, {2, 2, 2});
  filter.bias = {5, 7};

  EXPECT_EQ(filter.bias_at(3), 5);
  EXPECT_EQ(filter.bias_at(4), 7);
}

// --- Linear maps --------------------------------------------------------------------------------

// y = W x as the definition says: over outputs and taps.
std::vector<float> convolve(const Node& n, const Window& w, u32 groups,
                            const std::vector<float>* weight, float shared,
                            const std::vector<float>& x) {
  const Shape& in = n.input_shape;
  const Shape& out = n.output_shape;
  const u32 in_group = in[0] / groups;
  const u32 out_group = out[0] / groups;
  std::vector<float> y(n.outputs());
  for (u32 co = 0; co < out[0]; ++co) {
    for (u32 oy = 0; oy < out[1]; ++oy) {
      for (u32 ox = 0; ox < out[2]; ++ox) {
        double sum = 0;
        for (u32 c = 0; c < in_group; ++c) {
          for (u32 ky = 0; ky < w.kernel.y; ++ky) {
            for (u32 kx = 0; kx < w.kernel.x; ++kx) {
              const i64 iy = i64{oy} * w.stride.y + i64{ky} * w.dilation.y - w.padding.y;
              const i64 ix = i64{ox} * w.stride.x + i64{kx} * w.dilation.x - w.padding.x;
              if (iy < 0 || ix < 0 || iy >= in[1] || ix >= in[2]) continue;
              const u32 ci = weight ? co / out_group * in_group + c : co;
              if (!weight && c > 0) continue;
              const u64 at =
                  (u64{ci} * in[1] + static_cast<u64>(iy)) * in[2] + static_cast<u64>(ix);
              const u64 tap = ((u64{co} * in_group + c) * w.kernel.y + ky) * w.kernel.x + kx;
              sum += double{x[at]} * double{weight ? (*weight)[tap] : shared};
            }
          }
        }
        y[(u64{co} * out[1] + oy) * out[2] + ox] = static_cast<float>(sum);
      }
    }
  }
  return y;
}

std::vector<float> apply(const Node& n, const std::vector<float>& x) {
  std::vector<float> y(n.outputs());
  std::vector<u32> all;
  for (u32 i = 0; i < x.size(); ++i) all.push_back(i);
  LinearMap(n).add_products(all, x, y);
  return y;
}

u32 windows(u32 size, u32 kernel, u32 stride, u32 padding, u32 dilation) {
  const i64 room = i64{size} + 2 * i64{padding} - (i64{kernel} - 1) * dilation - 1;
  return room < 0 ? 0 : static_cast<u32>(room / stride + 1);
}

class RandomWindows : public testing::Test {
 protected:
  u32 draw(u32 low, u32 high) { return std::uniform_int_distribution<u32>(low, high)(random_); }
  // Eighths, whose products and sums are exact.
  std::vector<float> values(u64 count) {
    std::vector<float> out;
    for (u64 i = 0; i < count; ++i) out.push_back((static_cast<float>(draw(0, 16)) - 8) / 8);
    return out;
  }
  Window window() {
    return {{draw(1, 4), draw(1, 4)},
            {draw(1, 3), draw(1, 3)},
            {draw(0, 3), draw(0, 3)},
            {draw(1, 3), draw(1, 3)}};
  }
  static Shape out_shape(u32 channels, const Shape& in, const Window& w) {
    return {channels, windows(in[1], w.kernel.y, w.stride.y, w.padding.y, w.dilation.y),
            windows(in[2], w.kernel.x, w.stride.x, w.padding.x, w.dilation.x)};
  }

  std::mt19937_64 random_{7};
};

TEST_F(RandomWindows, ConvolutionsAreWhatTheDefinitionSays) {
  u64 compared = 0;
  while (compared < 300) {
    const Window w = window();
    const u32 groups = draw(1, 3);
    const Shape in = {groups * draw(1, 2), draw(1, 7), draw(1, 7)};
    const Shape out = out_shape(groups * draw(1, 2), in, w);
    if (size_of(out) == 0) continue;
    Convolution c = {w, groups, {}};
    c.weight = values(u64{out[0]} * in[0] / groups * w.kernel.y * w.kernel.x);
    const Node n = node("c", c, in, out);
    const std::vector<float> x = values(n.inputs());

    const std::vector<float> y = apply(n, x);

    ASSERT_EQ(y, convolve(n, w, groups, &c.weight, 0, x)) << "case " << compared << " of seed 7";
    ++compared;
  }
}

TEST_F(RandomWindows, PoolingsAreSumsAndMeans) {
  u64 compared = 0;
  while (compared < 100) {
    Pooling pooling = {window(), draw(0, 1) == 1};
    pooling.window.kernel = {2, draw(0, 1) == 1 ? 2u : 4u};  // means are exact
    const Shape in = {draw(1, 3), draw(1, 7), draw(1, 7)};
    const Shape out = out_shape(in[0], in, pooling.window);
    if (size_of(out) == 0) continue;
    const Node n = node("p", pooling, in, out);
    const std::vector<float> x = values(n.inputs());
    const auto taps = static_cast<float>(pooling.window.kernel.y * pooling.window.kernel.x);

    const std::vector<float> y = apply(n, x);

    // Channel by channel: as many groups as channels, of one weight.
    ASSERT_EQ(y, convolve(n, pooling.window, in[0], nullptr, pooling.mean ? 1 / taps : 1, x));
    ++compared;
  }
}

TEST(LinearMap, OneDimensionHasHeightOne) {
  const Node n = node("c", Convolution{{{1, 3}, {1, 2}, {0, 1}, {}}, 1, {1, 2, 4}}, {1, 5}, {1, 3});

  EXPECT_THAT(apply(n, {1, 10, 100, 1000, 10000}), ElementsAre(42, 4210, 21000));
}

// Few taps or few outputs, far apart: work that grows with inputs times their distance would take
// minutes here.
TEST(LinearMap, DistantTapsAndOutputsCostNoMoreThanTheirNumber) {
  const u32 size = 1 << 20;
  const u32 half = size / 2;
  std::vector<float> x(size);
  for (u32 i = 0; i < size; ++i) x[i] = static_cast<float>(i);
  const Node dilated =
      node("c", Convolution{{{1, 2}, {1, 1}, {0, 0}, {1, half}}, 1, {1, -1}}, {1, size}, {1, half});
  const Node whole = node("p", Pooling{{{1, size}, {1, size}, {0, 0}, {}}}, {1, size}, {1, 1});
  const Node both = node("c", Convolution{{{1, 3}, {1, half}, {0, half}, {1, half}}, 1, {1, 2, 4}},
                         {1, size}, {1, 2});

  EXPECT_EQ(test::apply(dilated, x), std::vector<float>(half, -static_cast<float>(half)));
  std::fill(x.begin(), x.end(), 1.0f);
  EXPECT_THAT(test::apply(whole, x), ElementsAre(size));
  EXPECT_THAT(test::apply(both, x), ElementsAre(6, 3));
}

TEST(LinearMap, DenseSparseScaleAndPlainNodes) {
  EXPECT_THAT(apply(node("d", dense(3, 2, {1, 2, 3, 4, 5, 6}), {2}, {3}), {1, 10}),
              ElementsAre(21, 43, 65));
  EXPECT_THAT(apply(node("b", Dense{2, 1, 2, {1, 2, 3, 4}}, {2, 2}, {2, 1}), {1, 10, 100, 1000}),
              ElementsAre(21, 4300));
  EXPECT_THAT(apply(node("s", Sparse{{0, 2, 3}, {0, 2, 1}, {5, 6, 7}}, {2}, {3}), {1, 10}),
              ElementsAre(5, 70, 6));
  EXPECT_THAT(apply(node("f", Scale{{3}}, {2}, {2}), {1, 2}), ElementsAre(3, 6));
  EXPECT_THAT(apply(node("f", Scale{{3, 4}}, {2}, {2}), {1, 2}), ElementsAre(3, 8));
  EXPECT_THAT(apply(node("r", Reshape{}, {2, 1}, {2}), {1, 2}), ElementsAre(1, 2));
}

TEST(LinearMap, AddsProductsWithOneRounding) {
  const float third = 1.0f / 3;
  std::vector<float> sum = {-1};
  const std::vector<u32> active = {0};
  const std::vector<float> x = {3};

  LinearMap(node("f", Scale{{third}}, {1}, {1})).add_products(active, x, sum);

  EXPECT_EQ(sum[0], std::fma(third, 3.0f, -1.0f));
  EXPECT_NE(sum[0], third * 3 - 1) << "which rounds twice";
}

// --- Connections --------------------------------------------------------------------------------

using Flat = std::tuple<u32, u32, u32, float, double>;  // source, node, target, weight, delay

std::vector<Flat> connections(const Network& network, u32 source) {
  std::vector<Flat> found;
  for_each_connection(network, source, [&](const Connection& c) {
    EXPECT_EQ(c.source_node, source);
    found.emplace_back(c.source, c.target_node, c.target, c.weight, c.delay_seconds);
  });
  return found;
}

TEST(Connections, MultiplyLinearNodesOut) {
  Network network = sound();
  network.nodes.push_back(node("scale", Scale{{2, 10}}, {2}, {2}));
  network.edges = {{0, 4}, {4, 1}, {1, 2}, {2, 3}};

  EXPECT_THAT(connections(network, 0),
              ElementsAre(Flat{0, 2, 0, 2, 0}, Flat{0, 2, 1, 6, 0}, Flat{0, 2, 2, 10, 0},
                          Flat{1, 2, 0, 20, 0}, Flat{1, 2, 1, 40, 0}, Flat{1, 2, 2, 60, 0}));
  EXPECT_THAT(connections(network, 2),
              ElementsAre(Flat{0, 3, 0, 1, 0}, Flat{1, 3, 1, 1, 0}, Flat{2, 3, 2, 1, 0}));
}

TEST(Connections, AddUpParallelWaysOfEqualDelay) {
  Network network = chain({input_of(2), neurons("if", 2)});
  network.nodes.push_back(node("late", Delay{{{0.001, 0.002}}}, {2}, {2}));
  network.nodes.push_back(node("minus", Scale{{-1, 3}}, {2}, {2}));
  network.edges = {{0, 1}, {0, 3}, {3, 1}, {0, 2}, {2, 1}};

  // 1 - 1 = 0 is none.
  EXPECT_THAT(connections(network, 0),
              ElementsAre(Flat{0, 1, 0, 1, 0.001}, Flat{1, 1, 1, 4, 0}, Flat{1, 1, 1, 1, 0.002}));
}

TEST(Connections, OfAConvolutionAreItsWindow) {
  const Convolution c = {{{1, 2}, {1, 1}, {0, 0}, {}}, 1, {5, 7}};
  const Network network = chain({node("in", Input{}, {1, 1, 3}, {1, 1, 3}),
                                 node("c", c, {1, 1, 3}, {1, 1, 2}), neurons("if", 2)});

  EXPECT_THAT(connections(network, 0), ElementsAre(Flat{0, 2, 0, 5, 0}, Flat{1, 2, 0, 7, 0},
                                                   Flat{1, 2, 1, 5, 0}, Flat{2, 2, 1, 7, 0}));
}

TEST(Connections, OfARecurrentPopulationLeadBackToIt) {
  Network network = sound();
  network.nodes.push_back(node("rec", dense(3, 3, {0, 0, 1, 0, 0, 0, 0, 0, 0}), {3}, {3}));
  network.edges.push_back({2, 4});
  network.edges.push_back({4, 2});

  EXPECT_THAT(connections(network, 2), ElementsAre(Flat{0, 3, 0, 1, 0}, Flat{1, 3, 1, 1, 0},
                                                   Flat{2, 2, 0, 1, 0}, Flat{2, 3, 2, 1, 0}));
}

TEST(Connections, BiasesOnTheWayAreAConstantInput) {
  Network network = sound();
  network.nodes[1].bias = {1, 2, 3};
  network.nodes.push_back(node("before", Scale{{1}}, {2}, {2}));
  network.nodes[4].bias = {10};
  network.edges = {{0, 4}, {4, 1}, {1, 2}, {2, 3}};

  EXPECT_THAT(constant_input(network, 2), ElementsAre(31, 72, 113));
  EXPECT_THAT(constant_input(network, 3), ElementsAre(0, 0, 0));
}

}  // namespace
}  // namespace spikefab::test
