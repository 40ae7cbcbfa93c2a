// Classifiers on an engine: answers, digest and activity do not depend on how images are loaded.
#include "cli/image_run.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "base/registry.h"
#include "cli/core_activity.h"
#include "cli/digit_art.h"
#include "cli/mnist_bench.h"
#include "mapper/crossbar_network.h"
#include "tests/support/crossbar_files.h"
#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

using cli::CoreActivity;
using cli::ImageRun;
using cli::ImageSet;
using testing::ElementsAre;

// A core per pixel of a 2 x 2 image, whose neuron passes on what it gets and has `leak_of_pixels`
// for that; then one core: feature 0 fires if any of the four came, feature 1 if all came.
CrossbarNetwork any_and_all(i16 leak_of_pixels = -1) {
  CrossbarNetwork net;
  net.name = "any_and_all";
  net.rows = net.columns = net.classes = 2;
  net.chip.mesh = {.width = 3, .height = 2};
  net.chip.axons = net.chip.neurons = 4;
  net.chip.weights = 1;
  net.chip.neuron_params = default_neuron_params(net.chip.neuron_model);
  net.encoding = {.encoder = "threshold", .params = {128}, .ticks = 2};
  net.decoder = "votes";
  net.layers = {
      {.features = 1, .side_rows = 2, .side_columns = 2, .inputs = 1},
      {.window = 2, .stride = 2, .features = 2, .side_rows = 1, .side_columns = 1, .inputs = 4}};
  net.networks = {{{.leak = {leak_of_pixels}, .weight = {1}, .connections = {1}},
                   {.leak = {-1, -4}, .weight = {1, 1}, .connections = {0b1111, 0b1111}}}};
  return net;
}

// One pixel, all pixels, none.
ImageSet three_images() {
  const std::vector<u8> pixels = {0, 0, 255, 0, 255, 255, 255, 255, 0, 0, 0, 0};
  return {.images = {.count = 3, .rows = 2, .columns = 2, .pixels = pixels, .labels = {0, 1, 1}},
          .place = "three images",
          .labels_place = "their labels",
          .source = "test"};
}

ImageSet built_in_images(u32 count) { return cli::load_mnist(count, ""); }

std::vector<u32> labels_of(const ImageRun& run) {
  std::vector<u32> labels;
  for (const sim::Decision& decision : run.decisions) labels.push_back(decision.label);
  return labels;
}

class ImageRunOnAllEngines : public AllEngines {};

TEST_P(ImageRunOnAllEngines, EveryImageIsAnsweredByItsOwnWindow) {
  const auto engine = make_engine();

  const ImageRun run = run_images(*engine, assemble(any_and_all()), three_images());

  EXPECT_THAT(labels_of(run), ElementsAre(0, 0, 0));
  EXPECT_FALSE(run.decisions[0].tie);
  EXPECT_TRUE(run.decisions[1].tie);  // both features fire
  EXPECT_TRUE(run.decisions[2].tie);  // none does
  EXPECT_EQ(right_answers(run, three_images().images), 1u);
  EXPECT_EQ(tied_answers(run), 2u);
  EXPECT_EQ(run.ticks, 3u * 2 + 2);
  EXPECT_EQ(cli::predictions_csv(run, three_images().images),
            "image,label,prediction,tie\n0,0,0,0\n1,1,0,1\n2,1,0,1\n");
}

TEST_P(ImageRunOnAllEngines, DigestIsThatOfTheOutputsWithoutTheLatency) {
  const ImageClassifier classifier = assemble(random_digit_network(1));
  const ImageSet set = built_in_images(25);
  const auto engine = make_engine();
  const Stimulus stimulus = present(classifier, set.images, 0, 25, set.place);
  const EngineRun straight = run_engine(*engine, classifier.program, stimulus, stimulus.ticks);
  std::vector<u64> outputs = straight.recording.outputs;
  outputs.erase(outputs.begin(),
                outputs.begin() + classifier.latency * classifier.program.output_words());
  Sha256 sha;
  sha.add(std::as_bytes(std::span(outputs)));

  const ImageRun run = run_images(*engine, classifier, set);

  EXPECT_EQ(run.outputs_digest, sha.hex());
}

TEST_P(ImageRunOnAllEngines, AnswersAndDigestDoNotDependOnTheImagesPerLoad) {
  const ImageClassifier classifier = assemble(random_digit_network(2));
  const ImageSet set = built_in_images(25);
  const auto engine = make_engine();
  const ImageRun all = run_images(*engine, classifier, set);
  const ImageRun other = run_images(*engine, assemble(random_digit_network(3)), set);
  EXPECT_NE(all.outputs_digest, other.outputs_digest);

  for (const u32 images_per_load : {1u, 7u, 24u, 25u}) {
    const ImageRun run = run_images(*engine, classifier, set, images_per_load);

    EXPECT_EQ(run.outputs_digest, all.outputs_digest) << images_per_load;
    EXPECT_EQ(labels_of(run), labels_of(all)) << images_per_load;
    const u64 loads = divide_up(25, images_per_load);
    EXPECT_EQ(run.ticks, 25u * 2 + loads * classifier.latency);
  }
}

TEST_P(ImageRunOnAllEngines, ActivityIsCountedInTheTicksOfTheImage) {
  const auto engine = make_engine();

  const auto activity = measure_activity(*engine, assemble(any_and_all()), three_images(), 10);

  ASSERT_TRUE(activity);
  EXPECT_EQ(activity->images, 3u);
  ASSERT_EQ(activity->layers.size(), 2u);
  const cli::LayerActivity& pixels = activity->layers[0];
  EXPECT_EQ(pixels.cores, 4u);
  EXPECT_EQ(pixels.receiving_cores, 5u);  // 1 + 4 + 0
  EXPECT_EQ(pixels.sending_cores, 5u);
  EXPECT_EQ(pixels.carrying_cores, 5u);
  EXPECT_EQ(pixels.spikes_received, 10u);  // in two ticks each
  EXPECT_EQ(pixels.spikes_sent, 10u);
  const cli::LayerActivity& last = activity->layers[1];
  EXPECT_EQ(last.cores, 1u);
  EXPECT_EQ(last.receiving_cores, 2u);
  EXPECT_EQ(last.sending_cores, 2u);
  EXPECT_EQ(last.spikes_received, 10u);
  EXPECT_EQ(last.spikes_sent, 6u);  // one feature, then both
  EXPECT_DOUBLE_EQ(activity->carrying_cores(), 7.0 / 3);
}

TEST_P(ImageRunOnAllEngines, CoresThatOnlyFireByTheirLeakCarryNoSpikes) {
  const auto engine = make_engine();
  const ImageClassifier always_firing = assemble(any_and_all(0));

  const auto activity = measure_activity(*engine, always_firing, three_images(), 2);

  ASSERT_TRUE(activity);
  EXPECT_EQ(activity->images, 2u);
  const cli::LayerActivity& pixels = activity->layers.at(0);
  EXPECT_EQ(pixels.receiving_cores, 5u);
  EXPECT_EQ(pixels.sending_cores, 8u);
  EXPECT_EQ(pixels.carrying_cores, 5u);
  EXPECT_EQ(pixels.spikes_sent, 4u * 2 * 2);  // not those of ticks before and after the images
  EXPECT_EQ(activity->layers.at(1).spikes_received, 4u * 2 * 2);
}

SPIKEFAB_ON_ALL_ENGINES(ImageRunOnAllEngines);

TEST(DigitArt, ShowsTwoRowsOfPixelsPerLineAndNoEmptyLines) {
  const std::vector<u8> pixels = {0, 0, 0, 0,   0,   0,   //
                                  0, 0, 0, 0,   255, 0,   //
                                  0, 0, 0, 0,   0,   0,   //
                                  0, 0, 0, 0,   0,   0,   //
                                  0, 0, 0, 130, 0,   0};  // the last row is alone
  const Images images = {.count = 1, .rows = 5, .columns = 6, .pixels = pixels, .labels = {7}};

  const std::string text = cli::side_by_side(images, {{0, "a 7"}, {0, "again"}});

  EXPECT_EQ(text,
            "    @         @\n"
            "   +         +\n"
            "a 7       again\n");
}

}  // namespace
}  // namespace spikefab::test
