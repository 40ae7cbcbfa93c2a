// The chips that come with Spikefab: they load, have the limits that their sources give, and those
// for networks take one.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "mapper/place_network.h"
#include "tests/support/small_network.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;

std::string chip_folder() { return std::string(SPIKEFAB_SOURCE_DIR) + "/configs/chips/"; }

std::string model_of(const Chip& chip) {
  return neuron_model_names(chip.organisation).at(chip.neuron_model);
}

TEST(ChipFiles, AllLoadAndAreCalledAsTheirFiles) {
  u32 files = 0;
  for (const auto& entry : fs::directory_iterator(chip_folder())) {
    const Chip chip = load_chip(entry.path().string());

    EXPECT_EQ(chip.name, entry.path().stem().string());
    ++files;
  }
  EXPECT_GE(files, 8u);
}

// [Davies et al. 2018] and the compilers of NxTF and nengo-loihi.
TEST(ChipFiles, Loihi1HasItsPublishedLimits) {
  const Chip chip = load_chip(chip_folder() + "loihi1.yaml");

  EXPECT_EQ(chip.mesh.size(), 128u);
  EXPECT_EQ(model_of(chip), "loihi_lif");
  EXPECT_EQ(chip.neurons, 1024u);
  EXPECT_EQ(chip.axons, 4096u);
  EXPECT_EQ(chip.limits.output_axons, 4096u);
  EXPECT_EQ(u64{chip.limits.words} * 8, 128u * 1024);
  EXPECT_EQ(chip.limits.storage, SynapseStorage::loihi);
  EXPECT_EQ(chip.limits.accumulators, 8192u);
  EXPECT_EQ(chip.limits.max_delay, 62u);
  EXPECT_EQ(chip.limits.weight_formats, 16u);
  EXPECT_EQ(chip.limits.neuron_profiles, 32u);
  EXPECT_EQ(chip.limits.threshold_profiles, 16u);
}

// The defaults of the schema are those of Loihi 1.
TEST(ChipFiles, Loihi1IsWhatACoreWithSynapticMemoryIsByDefault) {
  const Chip chip = load_chip(chip_folder() + "loihi1.yaml");
  Chip plain = chip;
  plain.neurons = 1024;
  plain.axons = 4096;
  plain.limits = {};

  EXPECT_EQ(to_yaml(chip), to_yaml(plain));
}

TEST(ChipFiles, Loihi2LikeHasLargerCores) {
  const Chip chip = load_chip(chip_folder() + "loihi2_like.yaml");

  EXPECT_EQ(chip.mesh.size(), 128u);
  EXPECT_EQ(model_of(chip), "lif");
  EXPECT_EQ(chip.neurons, 8192u);
  EXPECT_EQ(chip.limits.threshold_profiles, 0u);
}

// [Merolla et al. 2014]: 4096 cores, a million neurons, 256 million synapses.
TEST(ChipFiles, TrueNorthHasAMillionNeurons) {
  const Chip chip = load_chip(chip_folder() + "truenorth.yaml");

  EXPECT_EQ(model_of(chip), "true_north");
  EXPECT_EQ(u64{chip.mesh.size()} * chip.neurons, u64{1} << 20);
  EXPECT_EQ(u64{chip.mesh.size()} * chip.neurons * chip.axons, u64{1} << 28);
  EXPECT_EQ(u64{chip.limits.words} * 2, u64{chip.neurons} * chip.axons);  // 32 bits each
  EXPECT_EQ(chip.limits.accumulators, chip.neurons * 4 * 16);
}

// Delays leave fewer neurons for a Loihi core, as its compilers have it: 2^(13 - delay bits).
TEST(ChipFiles, DelaysTakeNeuronsOfALoihiCore) {
  const Chip chip = load_chip(chip_folder() + "loihi1.yaml");
  const auto most_neurons = [&](double delay) {
    NetworkBuilder b;
    const u32 count = 1100;
    const u32 in = b.input("in", {1});
    const u32 weights = b.dense("weights", count, 1, std::vector<float>(count, 2));
    const u32 late = b.delay("delay", {count}, delay);
    const u32 neurons = b.neurons("neurons", {count}, integrate_and_fire());
    const Network network = b.chain({in, weights, late, neurons}).build();
    Semantics semantics;
    semantics.dt = 1;
    u32 most = 0;
    for (const PlannedCore& core : place_network(quantise(network, semantics, chip)).cores) {
      most = std::max(most, core.use.neurons);
    }
    return most;
  };

  EXPECT_EQ(most_neurons(0), 1024u);
  EXPECT_EQ(most_neurons(6), 1024u);
  EXPECT_EQ(most_neurons(7), 512u);
  EXPECT_EQ(most_neurons(30), 256u);
  EXPECT_EQ(most_neurons(62), 128u);
}

}  // namespace
}  // namespace spikefab::test
