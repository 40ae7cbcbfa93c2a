// Filling cores: all limits hold, neurons keep their order, and what does not fit is named.
#include "mapper/mapping/fill_cores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "base/error.h"
#include "tests/support/random_mapping.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Cores = std::vector<std::vector<u32>>;

SpikeGraph graph_from(std::vector<std::vector<u32>> targets, u32 inputs = 0) {
  const u32 neurons = static_cast<u32>(targets.size()) - inputs;
  GraphBuilder builder("net.nir", {{"hidden", {neurons}, 0, neurons}}, inputs);
  for (std::vector<u32>& of_source : targets) builder.add_source(of_source);
  return builder.build();
}

// Neurons that hear nobody.
SpikeGraph silent(u32 neurons) { return graph_from(std::vector<std::vector<u32>>(neurons)); }

// Cores that also limit output axons: known ones while filling, all of them at the end.
CoreSpaceMaker cores_of(const SpikeGraph& graph, u32 neurons, u32 axons, u32 output_axons) {
  CoreSpaceMaker maker = plain_cores(graph, neurons, axons);
  maker.output_axons = output_axons;
  return maker;
}

template <class Action>
std::string fit_error(const Action& action) {
  try {
    action();
  } catch (const FitError& error) {
    return error.what();
  }
  return "no FitError";
}

// Cores that each neuron has targets on, and lines, summed over those of each core.
std::vector<u32> naive_output_axons(const SpikeGraph& graph, const Cores& cores,
                                    const std::vector<u8>& lines) {
  std::vector<u32> core_of(graph.neurons);
  for (u32 c = 0; c < cores.size(); ++c) {
    for (const u32 neuron : cores[c]) core_of[neuron] = c;
  }
  std::vector<u32> sums;
  for (const std::vector<u32>& neurons : cores) {
    std::size_t sum = 0;
    for (const u32 neuron : neurons) {
      std::set<u32> reached;
      for (const u32 t : graph.targets_of(graph.inputs + neuron)) reached.insert(core_of[t]);
      sum += reached.size() + (lines.empty() ? 0 : lines[neuron]);
    }
    sums.push_back(static_cast<u32>(sum));
  }
  return sums;
}

TEST(FillCores, AFullCoreEndsAndGroupsShareNone) {
  const SpikeGraph graph = silent(7);

  const FilledCores cores = fill_cores(graph, plain_cores(graph, 2), {{4, 1, 0}, {2, 6, 5, 3}});

  // In the order of groups; those of a group from its last neuron on.
  EXPECT_EQ(cores.neurons, (Cores{{0}, {4, 1}, {5, 3}, {2, 6}}));
  EXPECT_EQ(cores.full_by.at("neurons").cores, 2u);
}

TEST(FillCores, AGroupThatJustFitsTakesOneCore) {
  const SpikeGraph graph = silent(4);

  EXPECT_EQ(fill_cores(graph, plain_cores(graph, 4), {{3, 2, 1, 0}}).neurons,
            (Cores{{3, 2, 1, 0}}));
  EXPECT_EQ(fill_cores(graph, plain_cores(graph, 3), {{3, 2, 1, 0}}).neurons,
            (Cores{{0}, {3, 2, 1}}));
}

TEST(FillCores, EmptyGroupsTakeNoCore) {
  const SpikeGraph graph = silent(2);

  EXPECT_EQ(fill_cores(graph, plain_cores(graph, 4), {{}, {1}, {}, {0}, {}}).neurons,
            (Cores{{1}, {0}}));
}

TEST(FillCores, SharedSourcesCountOnceAsInputAxons) {
  // Inputs 0 and 1 feed neurons 0 and 1; input 2 feeds neuron 2.
  const SpikeGraph graph = graph_from({{0, 1}, {0, 1}, {2}, {}, {}, {}}, 3);

  const FilledCores cores = fill_cores(graph, plain_cores(graph, 8, 2), {{0, 1, 2}});

  EXPECT_EQ(cores.neurons, (Cores{{2}, {0, 1}}));
  EXPECT_EQ(cores.full_by.at("input axons").cores, 1u);
  EXPECT_EQ(cores.full_by.at("input axons").help, "fewer inputs per neuron");
}

TEST(FillCores, CoresThatReachTooManyOthersAreHalved) {
  // Neurons 0 to 3 feed neurons 4 and 5, which have cores of their own.
  const SpikeGraph graph = graph_from({{4, 5}, {4, 5}, {4, 5}, {4, 5}, {}, {}});
  const NeuronGroups groups = {{0, 1, 2, 3}, {4}, {5}};

  const FilledCores whole = fill_cores(graph, cores_of(graph, 8, 8, 8), groups);
  const FilledCores halves = fill_cores(graph, cores_of(graph, 8, 8, 7), groups);
  const FilledCores quarters = fill_cores(graph, cores_of(graph, 8, 8, 3), groups);

  EXPECT_EQ(whole.neurons, (Cores{{0, 1, 2, 3}, {4}, {5}}));
  EXPECT_EQ(whole.output_axons, (std::vector<u32>{8, 0, 0}));
  EXPECT_EQ(halves.neurons, (Cores{{0, 1}, {2, 3}, {4}, {5}}));
  EXPECT_EQ(halves.output_axons, (std::vector<u32>{4, 4, 0, 0}));
  EXPECT_EQ(halves.full_by.at("output axons").cores, 1u);
  EXPECT_EQ(quarters.neurons, (Cores{{0}, {1}, {2}, {3}, {4}, {5}}));
}

TEST(FillCores, LinesOfTheOutputBusCountAsOutputAxons) {
  const SpikeGraph graph = silent(2);

  const FilledCores one = fill_cores(graph, cores_of(graph, 8, 8, 2), {{0, 1}}, {1, 1});
  const FilledCores two = fill_cores(graph, cores_of(graph, 8, 8, 1), {{0, 1}}, {1, 1});

  EXPECT_EQ(one.neurons, (Cores{{0, 1}}));
  EXPECT_EQ(one.output_axons, (std::vector<u32>{2}));
  EXPECT_EQ(two.neurons, (Cores{{0}, {1}}));
}

TEST(FillCores, ANeuronThatFitsNowhereIsNamed) {
  const SpikeGraph graph = graph_from({{1}, {1}, {1}, {}, {}}, 3);

  const std::string message = fit_error([&] {
    fill_cores(graph, plain_cores(graph, 8, 2), {{0, 1}});
  });

  EXPECT_EQ(message,
            "net.nir: layer 'hidden', neuron 1 alone needs 3 input axons; a core of plain cores "
            "has 2 (what helps: fewer inputs per neuron)");
}

TEST(FillCores, ANeuronThatReachesTooManyCoresIsNamed) {
  const SpikeGraph graph = graph_from({{1, 2}, {}, {}});

  const std::string message = fit_error([&] {
    fill_cores(graph, cores_of(graph, 8, 8, 1), {{0}, {1}, {2}});
  });

  EXPECT_THAT(message, AllOf(HasSubstr("layer 'hidden', neuron 0 alone needs 2 output axons"),
                             HasSubstr("has 1"), HasSubstr("neurons that reach fewer cores")));
}

TEST(FillCores, AllLimitsHoldAndEveryNeuronHasAPlace) {
  for (u64 seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed);
    const u32 neurons = 20 + below(random, 150);
    const SpikeGraph graph = random_graph(random, below(random, 20), neurons, 3);
    const u32 most_neurons = 1 + below(random, 20);
    const u32 most_axons = 20 + below(random, 30);
    const u32 most_outputs = 7 + below(random, 30);
    NeuronGroups groups(1 + below(random, 5));
    for (u32 n = 0; n < neurons; ++n) {
      groups[below(random, static_cast<u32>(groups.size()))].push_back(n);
    }
    const std::vector<u8> lines(neurons, 1);
    const CoreSpaceMaker limits = cores_of(graph, most_neurons, most_axons, most_outputs);

    const FilledCores cores = fill_cores(graph, limits, groups, lines);
    const Partition partition = partition_of(cores, neurons);

    EXPECT_EQ(cores.output_axons, naive_output_axons(graph, cores.neurons, lines));
    std::vector<u32> seen(neurons);
    for (u32 c = 0; c < cores.neurons.size(); ++c) {
      std::set<u32> sources;
      for (const u32 neuron : cores.neurons[c]) {
        ++seen[neuron];
        EXPECT_EQ(partition.core[neuron], c);
        const auto heard = graph.sources_of(neuron);
        sources.insert(heard.begin(), heard.end());
      }
      EXPECT_TRUE(std::is_sorted(cores.neurons[c].begin(), cores.neurons[c].end()));
      EXPECT_LE(cores.neurons[c].size(), most_neurons);
      EXPECT_LE(sources.size(), most_axons);
      EXPECT_LE(cores.output_axons[c], most_outputs);
    }
    EXPECT_EQ(partition.cores, cores.neurons.size());
    EXPECT_EQ(seen, std::vector<u32>(neurons, 1));
  }
}

TEST(PlainCores, ANeuronThatIsKeptOutChangesNothing) {
  // Neuron 0 hears inputs 0 and 1, neuron 1 inputs 1 to 3, neuron 2 inputs 1 and 2.
  const SpikeGraph graph = graph_from({{0}, {0, 1, 2}, {1, 2}, {1}, {}, {}, {}}, 4);
  const auto core = plain_cores(graph, 2, 3).make();

  EXPECT_FALSE(core->try_add(0, 0));
  const auto broken = core->try_add(1, 0);
  EXPECT_FALSE(core->try_add(2, 0));

  ASSERT_TRUE(broken);
  EXPECT_STREQ(broken->resource, "input axons");
  EXPECT_EQ(broken->have, 3u);
  EXPECT_EQ(broken->need, 4u);
}

TEST(PlainCores, AClearedCoreIsEmpty) {
  const SpikeGraph graph = graph_from({{0}, {1}, {}, {}}, 2);
  const auto core = plain_cores(graph, 1, 1).make();
  EXPECT_FALSE(core->try_add(0, 0));
  EXPECT_STREQ(core->try_add(1, 0)->resource, "neurons");

  core->clear();

  EXPECT_FALSE(core->try_add(1, 0));
}

}  // namespace
}  // namespace spikefab::test
