// The float simulation of graphs: delays, cycles, and random ones against plain sums.
#include "mapper/float_simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "mapper/connections.h"
#include "tests/support/hand_made_network.h"
#include "tests/support/response.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

using Floats = std::vector<float>;

// in -> a -> b -> out; each passes on what it gets in the same step.
Network two_neurons() {
  const Neurons relay = [] {
    Neurons n = neurons_of(NeuronType::threshold);
    n.v_threshold = {{0.5}};
    return n;
  }();
  return chain({input_of(1), population("a", relay, 1), population("b", relay, 1), output_of(1)});
}

TEST(FloatSimulationGraphs, DelaysInputPopulationsAndOutput) {
  const Network network = two_neurons();
  const Floats spike = {1, 0, 0, 0, 0, 0};

  EXPECT_THAT(respond(network, "custom", spike, 3).out, ElementsAre(1, 0, 0, 0, 0, 0));
  EXPECT_THAT(respond(network, "custom,input_delay=2", spike, 3).out,
              ElementsAre(0, 0, 1, 0, 0, 0));
  EXPECT_THAT(respond(network, "custom,forward_delay=2", spike, 3).out,
              ElementsAre(0, 0, 1, 0, 0, 0))
      << "from a to b, but not from b to the Output";
  EXPECT_THAT(respond(network, "custom,output_delay=1", spike, 3).out,
              ElementsAre(0, 0, 1, 0, 0, 0))
      << "of a and of b";
  EXPECT_THAT(respond(network, "custom,output_delay=1", spike, 1).out,
              ElementsAre(0, 1, 0, 0, 0, 0));
}

// One neuron that reads the input and itself with weight 1.
Network loop(float bias) {
  Network network = chain({input_of(1), population("n", neurons_of(NeuronType::threshold), 1),
                           output_of(1), node("rec", dense(1, 1, {1.5}), {1}, {1})});
  network.nodes[3].bias = {bias};
  network.edges = {{0, 1}, {1, 2}, {1, 3}, {3, 1}};
  return network;
}

TEST(FloatSimulationGraphs, WhatClosesACycleComesInALaterStep) {
  EXPECT_THAT(respond(loop(0), "custom", {2, 0, 0, -9, 0}).out, ElementsAre(1, 1, 1, 0, 0));
  EXPECT_THAT(respond(loop(0), "custom,recurrent_delay=2", {2, 0, 0, 0, 0}).out,
              ElementsAre(1, 0, 1, 0, 1));
  EXPECT_THAT(respond(loop(0), "custom,output_delay=1", {2, 0, 0, 0, 0}).out,
              ElementsAre(0, 1, 1, 1, 1))
      << "the cycle is no slower";
}

TEST(FloatSimulationGraphs, ABiasInACycleActsFromTheStartOrFromTheFirstOutput) {
  EXPECT_THAT(respond(loop(1.5), "custom", {0, 0}).out, ElementsAre(1, 1));
  EXPECT_THAT(respond(loop(1.5), "norse", {0, 0}).out, ElementsAre(0, 1));
}

TEST(FloatSimulationGraphs, ANodeMayReadTheInputAndWhatItFeeds) {
  // in -> fc, n -> fc, fc -> n: the input at once, n's own spikes a step later.
  Network network = chain({input_of(1), population("n", neurons_of(NeuronType::threshold), 1),
                           output_of(1), node("fc", dense(1, 1, {1.5}), {1}, {1})});
  network.edges = {{0, 3}, {1, 3}, {3, 1}, {1, 2}};
  network.nodes[3].bias = {0.25};

  EXPECT_THAT(respond(network, "custom", {0, 1, 0, -1, 0}).out, ElementsAre(0, 1, 1, 0, 0));
  EXPECT_THAT(respond(network, "custom,input_delay=1", {0, 1, 0, -1, 0}).out,
              ElementsAre(0, 0, 1, 1, 0));
  network.nodes[3].bias = {1.25};
  EXPECT_THAT(respond(network, "norse", {-1, 0}).out, ElementsAre(0, 1)) << "the bias counts once";
}

TEST(FloatSimulationGraphs, StartsAgainAfterAReset) {
  const Network network = loop(0.75);
  FloatSimulation simulation(network, parse_semantics("snntorch"));
  std::vector<Floats> runs(2);

  for (Floats& out : runs) {
    simulation.reset();
    for (const float x : {0.5f, 0.0f, 0.75f, 0.0f, 0.0f}) {
      simulation.set_input(0, Floats{x});
      simulation.step();
      out.push_back(simulation.output(1)[0]);
    }
    EXPECT_EQ(simulation.steps(), 5u);
    EXPECT_EQ(simulation.total(1), std::accumulate(out.begin(), out.end(), 0.0));
  }

  EXPECT_EQ(runs[0], runs[1]);
}

TEST(FloatSimulationGraphs, DelayNodesHoldEachElementForItsOwnTime) {
  const Network network = chain({input_of(3), node("late", Delay{{{0, 0.001, 0.0032}}}, {3}, {3}),
                                 population("n", neurons_of(NeuronType::integrator), 3)});
  FloatSimulation simulation(network, parse_semantics("custom,dt=0.001"));
  std::vector<Floats> out;

  for (u32 t = 0; t < 5; ++t) {
    if (t == 0) simulation.set_input(0, Floats{1, 2, 4});
    simulation.step();
    const auto values = simulation.output(2);
    out.emplace_back(values.begin(), values.end());
  }

  EXPECT_THAT(out, ElementsAre(Floats{1, 0, 0}, Floats{1, 2, 0}, Floats{1, 2, 0}, Floats{1, 2, 4},
                               Floats{1, 2, 4}));
}

// Random graphs against plain sums over their connections. All numbers are multiples of 1/4, so
// that the order of additions does not matter.
class RandomGraphs {
 public:
  explicit RandomGraphs(u64 seed) : random_(seed) {}

  Network make() {
    constexpr u32 size = 4;
    Network network;
    network.path = "random";
    network.nodes = {input_of(size)};
    const u32 populations = draw(1, 3);
    for (u32 i = 0; i < populations; ++i) {
      network.nodes.push_back(
          population("p" + std::to_string(i), neurons_of(NeuronType::integrate_and_fire), size));
    }
    const u32 linears = draw(1, 6);
    for (u32 i = 0; i < linears; ++i) {
      Dense d = dense(size, size, {});
      for (u32 w = 0; w < size * size; ++w) d.weight.push_back(quarters());
      network.nodes.push_back(node("l" + std::to_string(i), d, {size}, {size}));
      for (u32 o = 0; o < size; ++o) network.nodes.back().bias.push_back(quarters() / 4);
    }
    // Linear nodes read populations, the Input and earlier linear nodes; populations read anything.
    const auto count = static_cast<u32>(network.nodes.size());
    for (u32 to = 1; to < count; ++to) {
      for (u32 from = 0; from < count; ++from) {
        const bool both_linear = from > populations && to > populations;
        if (both_linear && from >= to) continue;
        if (draw(0, 3) == 0) network.edges.push_back({from, to});
      }
    }
    return network;
  }

  u32 draw(u32 low, u32 high) { return std::uniform_int_distribution<u32>(low, high)(random_); }
  float quarters() { return (static_cast<float>(draw(0, 8)) - 4) / 4; }

 private:
  std::mt19937_64 random_;
};

// x = constant + sum of weight * what the source gave in the step before; v as IF.
class PlainSimulation {
 public:
  explicit PlainSimulation(const Network& network) : network_(network) {
    for (u32 i = 0; i < network.nodes.size(); ++i) {
      last_.emplace_back(network.nodes[i].outputs());
      v_.emplace_back(network.nodes[i].outputs());
      constant_.push_back(constant_input(network, i));
      if (network.nodes[i].is_linear()) continue;
      for_each_connection(network, i, [&](const Connection& c) { connections_.push_back(c); });
    }
  }

  void step(const Floats& input) {
    std::vector<Floats> x = constant_;
    for (const Connection& c : connections_) {
      x[c.target_node][c.target] += c.weight * last_[c.source_node][c.source];
    }
    for (const u32 p : network_.populations()) {
      for (u32 i = 0; i < v_[p].size(); ++i) {
        v_[p][i] += x[p][i];
        last_[p][i] = v_[p][i] > 1;
        if (v_[p][i] > 1) v_[p][i] = 0;
      }
    }
    last_[0] = input;
  }

  const Floats& output(u32 node) const { return last_[node]; }

 private:
  const Network& network_;
  std::vector<Connection> connections_;
  std::vector<Floats> constant_;
  std::vector<Floats> last_;
  std::vector<Floats> v_;
};

TEST(FloatSimulationGraphs, AgreesWithPlainSumsOverTheConnectionsOfRandomGraphs) {
  for (u64 seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomGraphs random(seed);
    const Network network = random.make();
    check_network(network);
    FloatSimulation simulation(network, parse_semantics("custom,input_delay=1,forward_delay=1"));
    PlainSimulation plain(network);

    for (u32 t = 0; t < 20; ++t) {
      const Floats in = {random.quarters(), 1, 0, random.quarters()};
      simulation.set_input(0, in);
      simulation.step();
      plain.step(in);
      for (const u32 p : network.populations()) {
        ASSERT_THAT(simulation.output(p), ElementsAreArray(plain.output(p))) << "step " << t;
      }
    }
  }
}

}  // namespace
}  // namespace spikefab::test
