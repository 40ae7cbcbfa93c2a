// The models of configs/benchmarks/mnist on the built-in images: every engine repeats the serial
// engine's digests, which are kept in tests/golden/mnist/MODEL.txt. When a model was trained anew,
// SPIKEFAB_WRITE_GOLDEN=1 writes them; the difference must be explained in the commit.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/files.h"
#include "cli/image_models.h"
#include "cli/image_run.h"
#include "cli/mnist_bench.h"
#include "tests/support/data_folder.h"
#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

constexpr u32 digest_images = 10;   // whose ticks have a digest each
constexpr u32 answer_images = 100;  // that are answered

std::string golden_path(const std::string& model) {
  return SPIKEFAB_SOURCE_DIR "/tests/golden/mnist/" + model + ".txt";
}

std::string tick_digests(sim::Engine& engine, const ImageClassifier& classifier,
                         const cli::ImageSet& set) {
  const Stimulus stimulus = present(classifier, set.images, 0, digest_images, set.place);
  sim::Recording recording;
  engine.load(classifier.program, stimulus);
  sim::RecordPlan plan;
  plan.digests = true;
  engine.advance(stimulus.ticks, plan, recording);
  std::string text;
  for (u64 t = 0; t < recording.digests.size(); ++t) {
    text += fmt::format("tick {} {:016x}\n", t, recording.digests[t]);
  }
  return text;
}

std::string answers(sim::Engine& engine, const ImageClassifier& classifier,
                    const cli::ImageSet& set) {
  const cli::ImageRun run = run_images(engine, classifier, set);
  std::string text = fmt::format("images {}\ncorrect {}\nties {}\n", set.images.count,
                                 right_answers(run, set.images), tied_answers(run));
  for (u32 kind = 0; kind < sim::count_kinds; ++kind) {
    text += fmt::format("count {} {}\n", kind, run.totals.counts[kind]);
  }
  return text + "outputs " + run.outputs_digest + "\n";
}

// Engine and model.
class MnistModels : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  void SetUp() override {
    if (skip_if_unavailable(engine())) return;
    if (is_emulated(engine()) && model() == "512_cores") {
      GTEST_SKIP() << "too many cores for the emulated device";
    }
  }
  static std::string engine() { return std::get<0>(GetParam()); }
  static std::string model() { return std::get<1>(GetParam()); }
};

TEST_P(MnistModels, DigestsAnswersAndCountsAreTheGoldenOnes) {
  const cli::ImageModel loaded = cli::load_image_model(model(), "");
  const cli::ImageSet set = cli::load_mnist(answer_images, "");
  const auto runner = sim::make_engine(engine());

  const std::string text =
      tick_digests(*runner, loaded.classifier, set) + answers(*runner, loaded.classifier, set);

  if (std::getenv("SPIKEFAB_WRITE_GOLDEN") != nullptr && engine() == "serial") {
    std::ofstream(golden_path(model())) << text;
  }
  EXPECT_EQ(text, read_text(golden_path(model()), 1 << 20));
}

// Receive and send in the ticks of an image. Corners of the image are often black, so that some
// cores of a first layer have nothing to do.
TEST_P(MnistModels, NearlyAllCoresCarrySpikes) {
  const cli::ImageModel loaded = cli::load_image_model(model(), "");
  const cli::ImageSet set = cli::load_mnist(answer_images, "");
  const auto runner = sim::make_engine(engine());

  const auto activity = measure_activity(*runner, loaded.classifier, set, answer_images);

  ASSERT_TRUE(activity);
  const double share = model() == "512_cores" ? 0.95 : 0.9;
  EXPECT_GE(activity->carrying_cores(), share * loaded.classifier.program.cores());
}

INSTANTIATE_TEST_SUITE_P(Engines, MnistModels,
                         testing::Combine(testing::ValuesIn(engine_names()),
                                          testing::ValuesIn(cli::built_in_models())),
                         [](const auto& test) {
                           return std::get<0>(test.param) + "_" + std::get<1>(test.param);
                         });

// What the project promises of each model on the 10,000 test images.
TEST(MnistCards, PromiseTheAccuracyOfTheBenchmark) {
  const std::map<std::string, u64> least_correct = {
      {"5_cores", 9350}, {"12_cores", 9500}, {"128_cores", 9800}, {"512_cores", 9880}};
  const std::map<std::string, u32> cores = {
      {"5_cores", 5}, {"12_cores", 12}, {"128_cores", 128}, {"512_cores", 512}};

  for (const auto& [name, correct] : least_correct) {
    SCOPED_TRACE(name);
    const cli::ImageModel model = cli::load_image_model(name, "");

    EXPECT_EQ(model.card->images, 10'000u);
    EXPECT_GE(model.card->correct, correct);
    EXPECT_EQ(model.classifier.program.cores(), cores.at(name));
    EXPECT_NE(model.card->trained, "");
  }
}

// And that it is true.
TEST_P(MnistModels, CardIsTrueOfMnist10k) {
  if (is_emulated(engine())) GTEST_SKIP() << "too many images for the emulated device";
  const std::string folder = data_folder() + "/mnist";
  if (!std::filesystem::exists(folder)) return skip_without_data("no " + folder);
  const cli::ImageModel loaded = cli::load_image_model(model(), "");
  const cli::ImageSet set = cli::load_mnist(10'000, folder);
  const auto runner = sim::make_engine(engine());

  const cli::ImageRun run = run_images(*runner, loaded.classifier, set);

  EXPECT_EQ(loaded.card->images, 10'000u);
  EXPECT_EQ(difference_from_card(loaded, run, set.images), "");
}

}  // namespace
}  // namespace spikefab::test
