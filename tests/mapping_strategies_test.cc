// Wherever a mapping puts neurons and cores, the chip computes the same: all strategies of this
// build, on networks whose spikes are known from the usual mapping and from the float simulation.
#include <gmock/gmock.h>

#include "mapper/mapping/strategy.h"
#include "mapper/place_network.h"
#include "tests/support/small_network.h"

namespace spikefab::test {
namespace {

template <class Strategy>
std::vector<std::string> chains(const std::string& start) {
  std::vector<std::string> all;
  for (const auto& [name, entry] : Registry<Strategy>::all()) {
    const auto strategy = entry.make();
    if (strategy->takes_file()) continue;
    all.push_back(strategy->improves() ? start + "+" + name : name);
  }
  return all;
}

// Ticks, so that chips of integers and the float simulation agree exactly.
Semantics steps_of_one() {
  Semantics semantics;
  semantics.dt = 1;
  return semantics;
}

struct Subject {
  std::string name;
  Network network;
};

std::vector<Subject> subjects() {
  std::vector<float> weights;
  for (u32 i = 0; i < 12 * 20; ++i) weights.push_back(static_cast<float>(i % 7) - 2.0F);
  NetworkBuilder maps;
  const u32 in = maps.input("in", {1, 6, 6});
  Convolution kernel;
  kernel.window.kernel = {3, 3};
  kernel.window.padding = {1, 1};
  for (u32 i = 0; i < 3 * 9; ++i) kernel.weight.push_back(static_cast<float>(i % 4) - 1.0F);
  const u32 conv = maps.convolution("conv", {1, 6, 6}, {3, 6, 6}, kernel);
  const u32 seen = maps.neurons("seen", {3, 6, 6}, integrate_and_fire(2));
  std::vector<float> last(4 * 108);
  for (u32 i = 0; i < last.size(); ++i) last[i] = static_cast<float>(i % 5) - 1.0F;
  const u32 dense = maps.dense("dense", 4, 108, last);
  const u32 told = maps.neurons("told", {4}, integrate_and_fire(3));
  const u32 out = maps.output("out", {4});
  return {{"one layer", one_layer(12, integrate_and_fire(4), weights)},
          {"feature maps", maps.chain({in, conv, seen, dense, told, out}).build()}};
}

TEST(MappingStrategies, TheSpikesDoNotDependOnTheMapping) {
  for (const Subject& subject : subjects()) {
    Chip chip = large_chip("lif");
    chip.mesh = {8, 8};
    const QuantisedNetwork network = quantise(subject.network, steps_of_one(), chip);
    const Steps steps = random_steps(subject.network, 3, 30, 0.3);
    const LayerSpikes expected = run_in_float(subject.network, steps_of_one(), steps);
    for (const std::string& partitioner : chains<Partitioner>("layer_sequential")) {
      SCOPED_TRACE(subject.name + ", " + partitioner);
      PlaceOptions options;
      options.neurons_per_core = 9;
      options.choice.partitioner = partitioner;

      const Placement placement = place_network(network, options);

      EXPECT_GE(placement.cores.size(), divide_up(network.neurons, 9));
      EXPECT_EQ(run_on_chip(assemble(network, placement), steps), expected);
    }
  }
}

TEST(MappingStrategies, TheSpikesDoNotDependOnThePlacement) {
  for (const Subject& subject : subjects()) {
    Chip chip = large_chip("lif");
    chip.mesh = {4, 3};  // small enough for the exact one
    const QuantisedNetwork network = quantise(subject.network, steps_of_one(), chip);
    const Steps steps = random_steps(subject.network, 4, 30, 0.3);
    const LayerSpikes expected = run_in_float(subject.network, steps_of_one(), steps);
    for (const std::string& placer : chains<Placer>("hilbert")) {
      SCOPED_TRACE(subject.name + ", " + placer);
      PlaceOptions options;
      options.neurons_per_core = 20;
      options.choice.placer = placer;

      EXPECT_EQ(run_on_chip(assemble(network, place_network(network, options)), steps), expected);
    }
  }
}

}  // namespace
}  // namespace spikefab::test
