// Partitioners: every neuron once, the same every time, all limits hold once cores are filled, and
// what each strategy promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/random.h"
#include "mapper/mapping/core_sets.h"
#include "mapper/mapping/fill_cores.h"
#include "mapper/mapping/hmetis.h"
#include "mapper/mapping/hypergraph.h"
#include "mapper/mapping/layer_order.h"
#include "mapper/mapping/strategy.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

struct Case {
  std::string name;
  SpikeGraph graph;
  u32 neurons_per_core = 16;
  u32 axons = no_limit;
};

// Each source with a chance of `percent` to each neuron of the layers allowed.
SpikeGraph random_graph(std::vector<GraphLayer> layers, u32 inputs, i32 percent, bool is_recurrent,
                        u64 seed) {
  u64 neurons = 0;
  for (GraphLayer& layer : layers) {
    layer.first = neurons;
    neurons += layer.size;
  }
  RandomStream random(seed);
  GraphBuilder builder("random", layers, inputs);
  std::vector<u32> targets;
  for (u32 source = 0; source < inputs + neurons; ++source) {
    targets.clear();
    for (const GraphLayer& layer : layers) {
      const bool is_behind = source < inputs || source - inputs < layer.first;
      if (!is_behind && !is_recurrent) continue;
      for (u64 n = layer.first; n < layer.first + layer.size; ++n) {
        if (random.between(0, 99) < percent) targets.push_back(static_cast<u32>(n));
      }
    }
    builder.add_source(targets);
  }
  return builder.build();
}

GraphLayer layer(Shape shape) { return {"layer", shape, 0, size_of(shape)}; }

// channels x size x size maps, 3 x 3 windows around each position, all channels.
SpikeGraph small_conv(u32 channels, u32 size) {
  const Shape shape = {channels, size, size};
  const u32 neurons = channels * size * size;
  GraphBuilder builder("conv", {{"in", shape, 0, neurons}, {"out", shape, neurons, neurons}}, 0);
  std::vector<u32> targets;
  for (u32 n = 0; n < neurons; ++n) {
    targets.clear();
    const u32 y = n / size % size;
    const u32 x = n % size;
    for (u32 c = 0; c < channels; ++c) {
      for (u32 ty = y - std::min(y, 1u); ty <= std::min(y + 1, size - 1); ++ty) {
        for (u32 tx = x - std::min(x, 1u); tx <= std::min(x + 1, size - 1); ++tx) {
          targets.push_back(neurons + (c * size + ty) * size + tx);
        }
      }
    }
    builder.add_source(targets);
  }
  return builder.build();
}

std::vector<Case> cases() {
  std::vector<Case> cases;
  cases.push_back(
      {"layers", random_graph({layer({2, 6, 6}), layer({4, 3, 3}), layer({5})}, 20, 20, false, 1)});
  cases.push_back({"recurrent", random_graph({layer({150})}, 10, 6, true, 2)});
  cases.push_back({"sheet", random_graph({layer({9, 14})}, 0, 5, true, 3)});
  cases.push_back({"few axons", random_graph({layer({60}), layer({60})}, 10, 15, true, 4), 16, 40});
  cases.push_back({"one neuron", random_graph({layer({1})}, 0, 100, true, 5)});
  cases.push_back({"no synapses", random_graph({layer({40}), layer({3})}, 4, 0, true, 6)});
  cases.push_back({"a core each", random_graph({layer({3, 3, 3})}, 3, 10, true, 7), 1});
  cases.push_back({"one core", random_graph({layer({30})}, 3, 30, true, 8), 1000});
  cases.push_back({"conv", small_conv(3, 7)});
  return cases;
}

// Of all spikes, each neuron and core counted in the most direct way.
double deliveries_of(const SpikeGraph& graph, const Partition& partition) {
  double sum = 0;
  for (u32 n = 0; n < graph.neurons; ++n) {
    std::set<u32> cores;
    for (const u32 target : graph.targets_of(graph.inputs + n))
      cores.insert(partition.core[target]);
    cores.erase(partition.core[n]);
    sum += graph.rate[graph.inputs + n] * double(cores.size());
  }
  // Inputs live nowhere.
  for (u32 source = 0; source < graph.inputs; ++source) {
    std::set<u32> cores;
    for (const u32 target : graph.targets_of(source)) cores.insert(partition.core[target]);
    sum += graph.rate[source] * double(cores.size());
  }
  return sum;
}

void expect_within_limits(const Case& given, const FilledCores& cores) {
  for (const std::vector<u32>& neurons : cores.neurons) {
    std::set<u32> sources;
    for (const u32 n : neurons) {
      for (const u32 source : given.graph.sources_of(n)) sources.insert(source);
    }
    EXPECT_LE(neurons.size(), given.neurons_per_core);
    EXPECT_LE(sources.size(), given.axons);
  }
}

class AllPartitioners : public testing::TestWithParam<std::string> {
 protected:
  // A chain that users could write.
  static std::string chain() {
    const auto partitioner = Registry<Partitioner>::make(GetParam());
    return partitioner->improves() ? "random+" + GetParam() : GetParam();
  }

  // METIS does not take cores of so few neurons.
  static NeuronGroups groups_of(const std::string& chain, const PartitionProblem& problem) {
    try {
      return group_by(chain, problem);
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr("too small for METIS"));
      return group_by("random", problem);
    }
  }
};

std::vector<std::string> names_without_files() {
  std::vector<std::string> names = Registry<Partitioner>::names();
  std::erase_if(names, [](const std::string& name) {
    return Registry<Partitioner>::make(name)->takes_file();
  });
  return names;
}

TEST_P(AllPartitioners, GiveEveryNeuronOnceWithinAllLimits) {
  for (const Case& given : cases()) {
    SCOPED_TRACE(given.name);
    const CoreSpaceMaker limits = plain_cores(given.graph, given.neurons_per_core, given.axons);

    const NeuronGroups groups = groups_of(chain(), {given.graph, limits, 1, {}, ""});

    std::vector<u32> all;
    for (const auto& group : groups) all.insert(all.end(), group.begin(), group.end());
    std::sort(all.begin(), all.end());
    ASSERT_EQ(all.size(), given.graph.neurons);
    for (u32 n = 0; n < all.size(); ++n) ASSERT_EQ(all[n], n);
    expect_within_limits(given, fill_cores(given.graph, limits, groups));
  }
}

TEST_P(AllPartitioners, GiveTheSameForTheSameSeed) {
  const Case given = cases()[1];
  const CoreSpaceMaker limits = plain_cores(given.graph, given.neurons_per_core, given.axons);
  const PartitionProblem problem = {given.graph, limits, 7, {}, ""};

  EXPECT_EQ(group_by(chain(), problem), group_by(chain(), problem));
}

TEST_P(AllPartitioners, ParametersAtTheirLimitsWork) {
  const Case given = cases()[0];
  const CoreSpaceMaker limits = plain_cores(given.graph, given.neurons_per_core, given.axons);
  for (const ParamSpec& param : Registry<Partitioner>::make(GetParam())->params()) {
    for (const i32 value : {param.min, std::min(param.max, 400)}) {
      const std::string options = ":" + std::string(param.name) + "=" + std::to_string(value);
      SCOPED_TRACE(options);

      const NeuronGroups groups = groups_of(chain() + options, {given.graph, limits, 1, {}, ""});

      expect_within_limits(given, fill_cores(given.graph, limits, groups));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, AllPartitioners, testing::ValuesIn(names_without_files()),
                         [](const auto& test) { return test.param; });

TEST(LayerOrder, WalksMapsByPositionByChannelAndInStrips) {
  const GraphLayer maps = {"maps", {2, 2, 3}, 100, 12};

  EXPECT_THAT(ordered(maps, LayerOrder::by_position, 8),
              ElementsAre(100, 106, 101, 107, 102, 108, 103, 109, 104, 110, 105, 111));
  EXPECT_THAT(ordered(maps, LayerOrder::by_channel, 8),
              ElementsAre(100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111));
  // Squares of 2 x 2 positions: 8 neurons are 4 positions of 2 channels.
  EXPECT_THAT(ordered(maps, LayerOrder::in_strips, 8),
              ElementsAre(100, 106, 103, 109, 101, 107, 104, 110, 102, 108, 105, 111));
}

TEST(LayerSequential, FillsCoresToTheBrimOrBeginsANewOneForEachLayer) {
  const SpikeGraph graph = random_graph({layer({20}), layer({20})}, 0, 50, false, 1);
  const CoreSpaceMaker limits = plain_cores(graph, 16);
  const auto cores = [&](const std::string& chain) {
    return fill_cores(graph, limits, group_by(chain, {graph, limits, 1, {}, ""})).neurons.size();
  };

  EXPECT_EQ(cores("layer_sequential"), 3u);
  EXPECT_EQ(cores("layer_sequential:share=0"), 4u);
}

// A 4 x 4 map of one channel in tiles of 4 neurons: squares hear 9 + 9 + 9 + 9 = 36 of the layer
// before, rows 8 + 12 + 12 + 8 = 40; the layer before hears nothing.
TEST(Tile, FindsTheCheapestTilesOfASmallConvolution) {
  const SpikeGraph graph = small_conv(1, 4);
  const CoreSpaceMaker limits = plain_cores(graph, 4);

  const NeuronGroups groups = group_by("tile:spare=0", {graph, limits, 1, {}, ""});

  const FilledCores cores = fill_cores(graph, limits, groups);
  EXPECT_EQ(cores.neurons.size(), 8u);
  EXPECT_EQ(deliveries_of(graph, partition_of(cores, graph.neurons)), 36);
}

// All ways to cut maps of 2 channels x 6 x 6 into equal boxes of 8 neurons at most.
TEST(Tile, IsTheBestOfAllEqualBoxes) {
  const SpikeGraph graph = small_conv(2, 6);
  const CoreSpaceMaker limits = plain_cores(graph, 8);
  double best = 1e9;
  for (const u32 h : {1u, 2u, 3u, 6u}) {
    for (const u32 w : {1u, 2u, 3u, 6u}) {
      for (const u32 c : {1u, 2u}) {
        if (h * w * c > 8) continue;
        Partition partition = {144, std::vector<u32>(graph.neurons)};
        for (u32 n = 0; n < graph.neurons; ++n) {
          const u32 x = n % 6 / w, y = n / 6 % 6 / h, z = n / 36 % 2 / c, map = n / 72;
          partition.core[n] = ((map * 2 + z) * 6 + y) * 6 + x;
        }
        best = std::min(best, deliveries_of(graph, partition));
      }
    }
  }

  const NeuronGroups groups = group_by("tile:spare=400", {graph, limits, 1, {}, ""});

  const Partition found = partition_of(fill_cores(graph, limits, groups), graph.neurons);
  EXPECT_LE(deliveries_of(graph, found), best);
}

TEST(Tile, CutsASheetIntoSquares) {
  const SpikeGraph graph = random_graph({layer({8, 8})}, 0, 100, true, 1);
  const CoreSpaceMaker limits = plain_cores(graph, 16);

  const NeuronGroups groups = group_by("tile", {graph, limits, 1, {}, ""});

  EXPECT_EQ(groups.size(), 4u);
}

TEST(Refine, NeverWorsensAndCountsDeliveriesAsTheyAre) {
  for (u64 seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SpikeGraph graph = random_graph({layer({40}), layer({50})}, 8, 8, seed % 2 == 0, seed);
    RandomStream random(seed, 1);
    for (float& rate : graph.rate) rate = static_cast<float>(random.between(1, 5));
    const CoreSpaceMaker limits = plain_cores(graph, 12, 60);
    const PartitionProblem problem = {graph, limits, seed, {}, ""};
    const auto deliveries = [&](const std::string& chain) {
      const FilledCores cores = fill_cores(graph, limits, group_by(chain, problem));
      return deliveries_of(graph, partition_of(cores, graph.neurons));
    };

    EXPECT_LE(deliveries("random+refine"), deliveries("random"));
    EXPECT_LE(deliveries("overlap+refine:heat=300"), deliveries("overlap"));
  }
}

// Random moves between random cores; sums as in the definition.
TEST(CoreSets, GainsAndCostsAreThoseOfTheDefinition) {
  for (u64 seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SpikeGraph graph = random_graph({layer({12}), layer({15})}, 4, 15, seed % 3 != 0, seed);
    RandomStream random(seed, 1);
    for (float& rate : graph.rate) rate = static_cast<float>(random.between(1, 3));
    const Hypergraph nets = hypergraph_of(graph, integer_rates(graph));
    Partition partition = {5, {}};
    for (u32 n = 0; n < graph.neurons; ++n) {
      partition.core.push_back(static_cast<u32>(random.between(0, 4)));
    }
    CoreSets sets(nets, partition.core, 5);
    for (u32 step = 0; step < 60; ++step) {
      const u32 vertex = static_cast<u32>(random.between(0, 26));
      const u32 core = static_cast<u32>(random.between(0, 4));
      if (core == sets.core_of(vertex)) continue;
      const double before = deliveries_of(graph, partition);
      const CoreSets::Choice choice = sets.choice(vertex, core);
      const u64 axons_before = sets.axons(core);
      partition.core[vertex] = core;
      sets.move(vertex, core);
      const double after = deliveries_of(graph, partition);

      EXPECT_EQ(double(choice.gain), before - after);
      EXPECT_EQ(double(sets.cost()), after);
      EXPECT_EQ(sets.axons(core), axons_before + choice.new_axons);
    }
  }
}

TEST(Hypergraph, ContractedCostsTheSameAsWhole) {
  for (u64 seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const SpikeGraph graph = random_graph({layer({30}), layer({30})}, 6, 12, true, seed);
    const Hypergraph whole = hypergraph_of(graph, integer_rates(graph));
    RandomStream random(seed, 1);
    std::vector<u32> vertex_of, coarse_core, core;
    for (u32 n = 0; n < 60; ++n) vertex_of.push_back(static_cast<u32>(random.between(0, 19)));
    for (u32 v = 0; v < 20; ++v) coarse_core.push_back(static_cast<u32>(random.between(0, 3)));
    for (u32 n = 0; n < 60; ++n) core.push_back(coarse_core[vertex_of[n]]);

    const Hypergraph coarse = contracted(whole, vertex_of, 20);

    EXPECT_EQ(CoreSets(coarse, coarse_core, 4).cost(), CoreSets(whole, core, 4).cost());
  }
}

// Four cliques whose neurons are numbered in turn.
TEST(MultilevelHypergraph, FindsGroupsThatOnlyTalkAmongThemselves) {
  GraphBuilder builder("cliques", {{"all", {64}, 0, 64}}, 0);
  for (u32 n = 0; n < 64; ++n) {
    std::vector<u32> targets;
    for (u32 other = n % 4; other < 64; other += 4) targets.push_back(other);
    builder.add_source(targets);
  }
  const SpikeGraph graph = builder.build();
  const CoreSpaceMaker limits = plain_cores(graph, 16);

  const NeuronGroups groups = group_by("hypergraph:slack=0", {graph, limits, 1, {}, ""});

  EXPECT_EQ(groups.size(), 4u);
  EXPECT_EQ(deliveries_of(graph, partition_of(fill_cores(graph, limits, groups), 64)), 0);
}

template <class Action>
std::string input_error(const Action& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no InputError";
}

class FilePartition : public testing::Test {
 protected:
  NeuronGroups read(const std::string& content) {
    const std::string path = folder_.write("cores.txt", content);
    return group_by("file:" + path, {graph_, limits_, 1, {}, ""});
  }

  TempFolder folder_;
  SpikeGraph graph_ = random_graph({layer({4})}, 0, 50, true, 1);
  CoreSpaceMaker limits_ = plain_cores(graph_, 4);
};

TEST_F(FilePartition, LineIHoldsTheCoreOfNeuronI) {
  EXPECT_THAT(read("1\n0\n1\n3\n"),
              ElementsAre(std::vector<u32>{1}, std::vector<u32>{0, 2}, std::vector<u32>{3}));
  EXPECT_THAT(read(" 0 \r\n0\r\n0\r\n0"), ElementsAre(std::vector<u32>{0, 1, 2, 3}));
}

TEST_F(FilePartition, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_THAT(input_error([&] { read("1\n-1\n0\n0\n"); }),
              AllOf(HasSubstr("cores.txt:2: '-1' is no core, or core and place (must be 0..3)")));
  EXPECT_THAT(input_error([&] { read("1\n4\n0\nx\n"); }),
              AllOf(HasSubstr("cores.txt:2: '4'"), HasSubstr("cores.txt:4: 'x'")));
  EXPECT_THAT(input_error([&] { read("1\n\n0\n0\n0\n"); }), HasSubstr("cores.txt:2: ''"));
  EXPECT_THAT(input_error([&] { read("1\n0\n1\n"); }),
              HasSubstr("cores.txt: has 3 lines; the network has 4 neurons"));
  EXPECT_THAT(input_error([&] { read("1\n0\n1\n1\n0\n"); }), HasSubstr("has 5 lines"));
}

TEST(Hmetis, HoldsOneHyperedgeForEachSourceAndItsTargets) {
  SpikeGraph graph = random_graph({layer({5})}, 2, 40, true, 3);
  graph.rate[2] = 7;
  const TempFolder folder;

  write_hmetis(graph, folder.file("net.hgr"));

  std::ifstream file(folder.file("net.hgr"));
  std::string line;
  std::getline(file, line);
  std::vector<std::string> expected;
  for (u32 source = 0; source < graph.sources(); ++source) {
    std::set<u32> pins(graph.targets_of(source).begin(), graph.targets_of(source).end());
    if (source >= graph.inputs) pins.insert(source - graph.inputs);
    if (pins.size() < 2) continue;
    std::string text = source == 2 ? "7" : "1";
    for (const u32 pin : pins) text += " " + std::to_string(pin + 1);
    expected.push_back(text);
  }
  EXPECT_EQ(line, std::to_string(expected.size()) + " 5 1");
  std::vector<std::string> found;
  while (std::getline(file, line)) found.push_back(line);
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace spikefab::test
