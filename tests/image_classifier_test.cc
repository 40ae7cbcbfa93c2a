// Images as stimuli: what present() makes is what plain loops over encoder and targets make.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "base/random.h"
#include "mapper/crossbar_network.h"
#include "mapper/encoder.h"
#include "tests/support/crossbar_files.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;

Images random_images(u32 count, u32 rows, u32 columns) {
  RandomStream random(42);
  Images images;
  images.count = count;
  images.rows = rows;
  images.columns = columns;
  for (u32 i = 0; i < count * rows * columns; ++i) {
    images.pixels.push_back(static_cast<u8>(random.between(0, 255)));
  }
  images.labels.assign(count, 0);
  return images;
}

std::vector<StimulusEvent> naive_events(const ImageClassifier& classifier, const Images& images,
                                        u32 image, u32 tick) {
  const Encoding& encoding = classifier.encoding;
  std::vector<u32> pixels;
  Registry<Encoder>::make(encoding.encoder)
      ->encode(images.image(image), {.image = image, .tick = tick, .ticks = encoding.ticks},
               encoding.params, pixels);
  std::vector<StimulusEvent> events;
  for (const u32 pixel : pixels) {
    for (u64 i = classifier.pixel_begin[pixel]; i < classifier.pixel_begin[pixel + 1]; ++i) {
      events.push_back(classifier.pixel_targets[i]);
    }
  }
  return events;
}

std::vector<StimulusEvent> events_of(const Stimulus& stimulus, u64 tick) {
  const auto [first, last] = stimulus.range(0, tick);
  return {stimulus.events.begin() + static_cast<std::ptrdiff_t>(first),
          stimulus.events.begin() + static_cast<std::ptrdiff_t>(last)};
}

// [core] with one neuron each, to the given core or the bus; pixels go to core 0.
ImageClassifier chain_of(const std::vector<u32>& target_core) {
  ImageClassifier classifier;
  Program& program = classifier.program;
  program.chip.mesh = {.width = 10, .height = 1};
  program.neuron_begin = {0};
  for (u32 core = 0; core < target_core.size(); ++core) {
    program.position.push_back(core + 3);
    program.neuron_begin.push_back(core + 1);
  }
  program.target_core = target_core;
  classifier.pixel_begin = {0, 1};
  classifier.pixel_targets = {StimulusEvent{.position = 3}};
  return classifier;
}

TEST(Present, MakesWhatPlainLoopsMake) {
  const std::vector<Encoding> encodings = {
      {"threshold", {100}, 3}, {"rate", {20, 200}, 5}, {"bernoulli", {0, 255, 9}, 2}};
  const Images images = random_images(6, 28, 28);
  for (const Encoding& encoding : encodings) {
    SCOPED_TRACE(encoding.encoder);
    CrossbarNetwork network = random_digit_network(3);
    network.encoding = encoding;
    const ImageClassifier classifier = assemble(network);
    const u32 first = 2;
    const u32 count = 3;

    const Stimulus stimulus = present(classifier, images, first, count, "images");

    ASSERT_EQ(stimulus.ticks, count * encoding.ticks + 2);
    ASSERT_EQ(stimulus.begin.size(), stimulus.ticks + 1);
    for (u32 i = 0; i < count * encoding.ticks; ++i) {
      const u32 image = first + i / encoding.ticks;
      const auto expected = naive_events(classifier, images, image, i % encoding.ticks);
      ASSERT_FALSE(expected.empty());
      ASSERT_EQ(events_of(stimulus, i), expected) << i;
    }
    EXPECT_EQ(stimulus.begin[count * encoding.ticks], stimulus.events.size());
    EXPECT_EQ(stimulus.begin.back(), stimulus.events.size());
    EXPECT_EQ(stimulus.mesh_width, 8);
    EXPECT_EQ(stimulus.replicas, 1);
    EXPECT_NO_THROW(check_stimulus(stimulus, classifier.program, "images"));
  }
}

TEST(Present, OfNoImageIsEmptyButForTheLatency) {
  const ImageClassifier classifier = assemble(random_digit_network(3));

  const Stimulus stimulus = present(classifier, random_images(1, 28, 28), 1, 0, "images");

  EXPECT_EQ(stimulus.ticks, 2);
  EXPECT_THAT(stimulus.begin, ElementsAre(0, 0, 0));
}

TEST(Present, RefusesImagesOfAnotherSize) {
  const ImageClassifier classifier = assemble(random_digit_network(3));

  try {
    present(classifier, random_images(1, 28, 27), 0, 1, "digits.gz");
    FAIL() << "is accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "digits.gz: the images have 28 x 27 pixels (model 'random_3' takes 28 x 28)");
  }
}

TEST(Present, NeedsImagesThatThereAre) {
  const ImageClassifier classifier = assemble(random_digit_network(3));
  const Images images = random_images(2, 28, 28);

  EXPECT_NO_THROW(present(classifier, images, 1, 1, "images"));
  EXPECT_THROW(present(classifier, images, 1, 2, "images"), std::logic_error);
}

TEST(DepthOfCores, CountsStepsFromTheImage) {
  EXPECT_THAT(depth_of_cores(chain_of({1, 2, output_bus})), ElementsAre(0, 1, 2));
}

TEST(DepthOfCores, IsTheShortestWay) {
  ImageClassifier classifier = chain_of({1, 2, output_bus});
  classifier.pixel_begin = {0, 2};
  classifier.pixel_targets.push_back({.position = 5});

  EXPECT_THAT(depth_of_cores(classifier), ElementsAre(0, 1, 0));
}

TEST(DepthOfCores, KnowsLoopsAndCoresThatNoPixelReaches) {
  EXPECT_THAT(depth_of_cores(chain_of({0, 2, 1})),
              ElementsAre(0, std::numeric_limits<u32>::max(), std::numeric_limits<u32>::max()));
}

}  // namespace
}  // namespace spikefab::test
