// Crossbar networks of every shape, written, read, assembled and run, do what their layers say.
// Small ones that can be checked by hand: crossbar_network_cores_test.cc.
#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/support/crossbar_files.h"
#include "tests/support/crossbar_oracle.h"
#include "tests/support/engines.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

std::vector<Bits> random_frames(const CrossbarNetwork& network, u64 ticks, u64 seed) {
  RandomStream random(seed, 1);
  std::vector<Bits> frames(ticks);
  for (Bits& frame : frames) {
    const i32 brightness = random.between(0, 8);
    for (u32 p = 0; p < network.rows * network.columns; ++p) {
      frame.push_back(random.between(1, 8) <= brightness);
    }
  }
  return frames;
}

Stimulus stimulus_of(const ImageClassifier& classifier, const std::vector<Bits>& frames) {
  Stimulus stimulus;
  stimulus.ticks = frames.size();
  for (const Bits& frame : frames) {
    for (u32 pixel = 0; pixel < frame.size(); ++pixel) {
      if (!frame[pixel]) continue;
      for (u64 i = classifier.pixel_begin[pixel]; i < classifier.pixel_begin[pixel + 1]; ++i) {
        stimulus.events.push_back(classifier.pixel_targets[i]);
      }
    }
    stimulus.begin.push_back(stimulus.events.size());
  }
  return stimulus;
}

std::vector<Bits> run_frames(const ImageClassifier& classifier, const std::vector<Bits>& frames,
                             u64 ticks) {
  const auto engine = Registry<sim::Engine>::make("serial");
  const Stimulus stimulus = stimulus_of(classifier, frames);
  check_stimulus(stimulus, classifier.program, "frames");
  const EngineRun run = run_engine(*engine, classifier.program, stimulus, ticks);
  std::vector<Bits> shown(ticks);
  const u32 words = classifier.program.output_words();
  for (u64 tick = 0; tick < ticks; ++tick) {
    for (u32 line = 0; line < classifier.program.output_lines; ++line) {
      const u64 word = run.recording.outputs[tick * words + line / word_bits];
      shown[tick].push_back(word >> line % word_bits & 1);
    }
  }
  return shown;
}

CrossbarNetwork written_and_read(const CrossbarNetwork& network) {
  const TempFolder folder(memory_folder());
  return load_crossbar_network(write_crossbar_network(network, folder.path()));
}

void expect_equal(const CrossbarNetwork& a, const CrossbarNetwork& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(to_yaml(a.chip), to_yaml(b.chip));
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.columns, b.columns);
  EXPECT_EQ(a.encoding.encoder, b.encoding.encoder);
  EXPECT_EQ(a.encoding.params, b.encoding.params);
  EXPECT_EQ(a.encoding.ticks, b.encoding.ticks);
  EXPECT_EQ(a.decoder, b.decoder);
  EXPECT_EQ(a.classes, b.classes);
  ASSERT_EQ(a.layers.size(), b.layers.size());
  ASSERT_EQ(a.networks.size(), b.networks.size());
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    EXPECT_EQ(a.layers[l].side_rows, b.layers[l].side_rows);
    EXPECT_EQ(a.layers[l].side_columns, b.layers[l].side_columns);
    EXPECT_EQ(a.layers[l].inputs, b.layers[l].inputs);
    EXPECT_EQ(a.layers[l].copies, b.layers[l].copies);
    EXPECT_EQ(a.layers[l].groups, b.layers[l].groups);
    for (std::size_t n = 0; n < a.networks.size(); ++n) {
      EXPECT_EQ(a.networks[n][l].leak, b.networks[n][l].leak);
      EXPECT_EQ(a.networks[n][l].weight, b.networks[n][l].weight);
      EXPECT_EQ(a.networks[n][l].connections, b.networks[n][l].connections);
    }
  }
}

// What random networks must have had, or the test proves less than it says.
struct Seen {
  u32 overlapping = 0;
  u32 grouped = 0;
  u32 copied = 0;
  u32 several_layers = 0;
  u32 several_networks = 0;
  u32 split_over_cores = 0;
  u32 several_neurons = 0;  // of a feature
  u32 spiking = 0;
  u32 quiet = 0;

  void add(const CrossbarNetwork& network, const ImageClassifier& classifier,
           const std::vector<Bits>& shown) {
    u64 parts = 0;
    u64 features = 0;
    for (const CrossbarLayer& layer : network.layers) {
      overlapping += layer.stride < layer.window;
      grouped += layer.groups > 1;
      copied += layer.copies > 1;
      parts += layer.side_rows * layer.side_columns * layer.groups;
      features += layer.side_rows * layer.side_columns * layer.features;
    }
    several_layers += network.layers.size() > 1;
    several_networks += network.networks.size() > 1;
    split_over_cores += classifier.program.cores() > parts * network.networks.size();
    several_neurons += classifier.program.neurons() > features * network.networks.size();
    for (const bool spikes : shown.back()) ++(spikes ? spiking : quiet);
  }
};

TEST(CrossbarNetwork, OfAnyShapeDoesWhatItsLayersSay) {
  constexpr u64 networks = 400;
  constexpr u64 frames = 5;
  Seen seen;
  for (u64 seed = 0; seed < networks; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CrossbarNetwork network = random_crossbar_network(seed);
    const std::vector<Bits> images = random_frames(network, frames, seed);
    const u64 ticks = frames + network.layers.size() + 1;

    const CrossbarNetwork loaded = written_and_read(network);
    const ImageClassifier classifier = assemble(loaded);
    const std::vector<Bits> shown = run_frames(classifier, images, ticks);

    expect_equal(network, loaded);
    ASSERT_EQ(shown, crossbar_outputs(network, images, ticks));
    EXPECT_EQ(classifier.latency, network.layers.size());
    seen.add(network, classifier, shown);
  }
  constexpr u32 enough = 50;
  for (const u32 count :
       {seen.overlapping, seen.grouped, seen.copied, seen.several_layers, seen.several_networks,
        seen.split_over_cores, seen.several_neurons, seen.spiking, seen.quiet}) {
    EXPECT_GT(count, enough);
  }
}

TEST(CrossbarNetwork, OfDigitsDoesWhatItsLayersSay) {
  const CrossbarNetwork network = random_digit_network(1);
  const std::vector<Bits> images = random_frames(network, 4, 1);

  const ImageClassifier classifier = assemble(written_and_read(network));

  EXPECT_EQ(run_frames(classifier, images, 7), crossbar_outputs(network, images, 7));
}

}  // namespace
}  // namespace spikefab::test
