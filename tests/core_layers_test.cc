// Which chips are feed-forward, and in which order their cores pass spikes.
#include "sim/core_layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch/chip.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;

// Cores in a row, each with as many neurons as it has targets and one axon connected to all.
Program chip_with_targets(const std::vector<std::vector<u32>>& targets) {
  Program p;
  p.chip.mesh = {.width = static_cast<u32>(targets.size()), .height = 1};
  p.chip.axons = 1;
  p.chip.weights = 1;
  p.chip.neuron_params = default_neuron_params(0);
  p.neuron_begin = {0};
  for (u32 c = 0; c < targets.size(); ++c) {
    p.position.push_back(c);
    p.axon_type.push_back(0);
    p.neuron_begin.push_back(p.neuron_begin.back() + targets[c].size());
    p.target_core.insert(p.target_core.end(), targets[c].begin(), targets[c].end());
    if (!targets[c].empty()) p.crossbar.push_back((u64{1} << targets[c].size()) - 1);
  }
  const u64 n = p.neurons();
  p.weight.assign(n, 1);
  for (const i32 value : p.chip.neuron_params) {
    p.neuron_param.insert(p.neuron_param.end(), n, value);
  }
  p.neuron_state.assign(n, 0);
  p.target_axon.assign(n, 0);
  p.target_delay.assign(n, 0);
  return p;
}

TEST(CoreLayers, AreAboveTheLayersOfAllSources) {
  const Program p = chip_with_targets({{1, 3}, {2}, {3, output_bus}, {output_bus}});

  EXPECT_THAT(sim::core_layers(p), ElementsAre(0, 1, 2, 3));
}

TEST(CoreLayers, FollowTheLongestWay) {
  const Program p = chip_with_targets({{2}, {0}, {output_bus}, {2}});

  EXPECT_THAT(sim::core_layers(p), ElementsAre(1, 0, 2, 0));
}

TEST(CoreLayers, AreOneForAllIfSpikesCanRunInACircle) {
  EXPECT_THAT(sim::core_layers(chip_with_targets({{1}, {2}, {1}})), ElementsAre(0, 0, 0));
  EXPECT_THAT(sim::core_layers(chip_with_targets({{1}, {1}})), ElementsAre(0, 0));
}

TEST(CoreLayers, DoNotCountNeuronsThatCanNeverFire) {
  Program p = chip_with_targets({{1, 0}, {output_bus}});
  p.crossbar[0] = 0b01;  // the neuron that aims at its own core has no synapse

  EXPECT_THAT(sim::core_layers(p), ElementsAre(0, 1));
}

TEST(CoreLayers, CountNeuronsThatFireOrMoveWithoutInput) {
  Program p = chip_with_targets({{1, 0}, {output_bus}});
  p.crossbar[0] = 0b01;
  p.neuron_param[1] = 1;  // leak, the first parameter: its potential rises

  EXPECT_THAT(sim::core_layers(p), ElementsAre(0, 0));
}

}  // namespace
}  // namespace spikefab::test
