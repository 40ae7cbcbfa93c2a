// What cores send each other: classes of neurons are the neurons with equal sets of cores, flows
// are what they send, both ways.
#include "mapper/mapping/core_traffic.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/support/random_mapping.h"

namespace spikefab::test {
namespace {

using CoreSet = std::set<u32>;

struct NaiveClass {
  bool local = false;
  u32 neurons = 0;
  double rate = 0;
  bool operator==(const NaiveClass&) const = default;
};

// Set by set, neuron by neuron.
std::map<std::pair<u32, CoreSet>, NaiveClass> naive_classes(const SpikeGraph& graph,
                                                            const Partition& partition) {
  std::map<std::pair<u32, CoreSet>, NaiveClass> classes;
  for (u32 n = 0; n < graph.neurons; ++n) {
    const u32 own = partition.core[n];
    CoreSet cores;
    for (const u32 target : graph.targets_of(graph.inputs + n))
      cores.insert(partition.core[target]);
    const bool local = cores.erase(own) > 0;
    NaiveClass& found = classes[{own, cores}];
    found.local |= local;
    ++found.neurons;
    found.rate += graph.rate[graph.inputs + n];
  }
  return classes;
}

std::map<std::pair<u32, CoreSet>, NaiveClass> classes_in(const CoreTraffic& traffic) {
  std::map<std::pair<u32, CoreSet>, NaiveClass> classes;
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    const TrafficClass& of = traffic.classes[i];
    const auto targets = traffic.targets_of(i);
    EXPECT_TRUE(std::is_sorted(targets.begin(), targets.end()));
    const CoreSet cores(targets.begin(), targets.end());
    EXPECT_EQ(cores.size(), targets.size()) << "a core twice";
    EXPECT_TRUE(classes.insert({{of.core, cores}, {of.local, of.neurons, of.rate}}).second)
        << "a class twice";
  }
  return classes;
}

// Four neurons on two cores: 0 -> 2, 3; 1 -> 2; 2 -> 3; 3 -> nobody. An input hears nobody.
SpikeGraph four_neurons() {
  GraphBuilder builder("four", {{"layer", {4}, 0, 4}}, 1);
  std::vector<std::vector<u32>> targets = {{0, 1, 2, 3}, {2, 3}, {2}, {3}, {}};
  for (std::vector<u32>& of_source : targets) builder.add_source(of_source);
  return builder.build();
}

TEST(CoreTraffic, NeuronsOfACoreWithEqualTargetCoresAreOneClass) {
  const CoreTraffic traffic = traffic_of(four_neurons(), {2, {0, 0, 1, 1}});

  ASSERT_EQ(traffic.classes.size(), 2u);
  EXPECT_EQ(traffic.classes[0].core, 0u);
  EXPECT_EQ(traffic.classes[0].neurons, 2u);
  EXPECT_EQ(traffic.classes[0].rate, 2);
  EXPECT_FALSE(traffic.classes[0].local);
  EXPECT_EQ(traffic.targets_of(0)[0], 1u);
  EXPECT_EQ(traffic.classes[1].neurons, 2u);
  EXPECT_TRUE(traffic.classes[1].local);
  EXPECT_TRUE(traffic.targets_of(1).empty());
}

TEST(CoreTraffic, InputsAreLeftOut) {
  const CoreTraffic traffic = traffic_of(four_neurons(), {1, {0, 0, 0, 0}});

  ASSERT_EQ(traffic.classes.size(), 1u);
  EXPECT_EQ(traffic.classes[0].neurons, 4u);
  EXPECT_EQ(traffic.classes[0].rate, 4);
}

TEST(CoreTraffic, ClassesAreThoseOfSetsOfCores) {
  for (u64 seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed);
    const u32 cores = 1 + below(random, 12);
    const u32 neurons = cores + below(random, 150);
    const SpikeGraph graph = random_graph(random, below(random, 20), neurons, 1 + below(random, 5));
    const Partition partition = random_partition(random, neurons, cores);

    const CoreTraffic traffic = traffic_of(graph, partition);

    EXPECT_EQ(classes_in(traffic), naive_classes(graph, partition));
    EXPECT_TRUE(std::is_sorted(traffic.classes.begin(), traffic.classes.end(),
                               [](const auto& a, const auto& b) { return a.core < b.core; }));
    EXPECT_EQ(traffic.cores, cores);
  }
}

TEST(CoreFlows, AreWhatGoesBothWays) {
  const CoreFlows flows = flows_of(traffic_of(four_neurons(), {2, {0, 1, 1, 1}}));

  EXPECT_EQ(flows.begin, (std::vector<u64>{0, 1, 2}));
  EXPECT_EQ(flows.other, (std::vector<u32>{1, 0}));
  EXPECT_EQ(flows.flow, (std::vector<double>{1, 1}));  // of neuron 0, once for two targets
}

TEST(CoreFlows, AreSymmetricAndSumsOverNeurons) {
  for (u64 seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random(seed);
    const u32 cores = 1 + below(random, 12);
    const u32 neurons = cores + below(random, 150);
    const SpikeGraph graph = random_graph(random, 3, neurons, 1 + below(random, 5));
    const Partition partition = random_partition(random, neurons, cores);
    std::map<std::pair<u32, u32>, double> naive;
    for (const auto& [place, of] : naive_classes(graph, partition)) {
      for (const u32 core : place.second) {
        naive[{place.first, core}] += of.rate;
        naive[{core, place.first}] += of.rate;
      }
    }

    const CoreFlows flows = flows_of(traffic_of(graph, partition));

    std::map<std::pair<u32, u32>, double> found;
    ASSERT_EQ(flows.begin.size(), cores + 1u);
    for (u32 core = 0; core < cores; ++core) {
      for (u64 i = flows.begin[core]; i < flows.begin[core + 1]; ++i) {
        EXPECT_TRUE(i == flows.begin[core] || flows.other[i - 1] < flows.other[i]);
        found[{core, flows.other[i]}] = flows.flow[i];
      }
    }
    EXPECT_EQ(found, naive);
  }
}

}  // namespace
}  // namespace spikefab::test
