// Pixels to spikes: each encoder at its limits, and the checks of its parameters.
#include "mapper/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "mapper/encoding.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;

using Pixels = std::vector<u8>;
using Params = std::vector<i32>;

std::vector<u32> spikes_of(const std::string& encoder, const Pixels& pixels, const Params& params,
                           const Presentation& presentation = {}) {
  std::vector<u32> spikes;
  Registry<Encoder>::make(encoder)->encode(pixels, presentation, params, spikes);
  return spikes;
}

// Each value once: pixel v has value v.
Pixels all_values() {
  Pixels pixels(256);
  std::iota(pixels.begin(), pixels.end(), u8{0});
  return pixels;
}

// [value] in how many ticks a pixel of this value spikes.
std::vector<u32> spike_counts(const std::string& encoder, const Params& params, u32 ticks) {
  std::vector<u32> counts(256, 0);
  for (u32 tick = 0; tick < ticks; ++tick) {
    const Presentation presentation = {.tick = tick, .ticks = ticks};
    for (const u32 v : spikes_of(encoder, all_values(), params, presentation)) ++counts[v];
  }
  return counts;
}

TEST(Threshold, SpikesFromTheThresholdOnInEveryTick) {
  EXPECT_THAT(spikes_of("threshold", {127, 128, 255, 0, 129}, {128}), ElementsAre(1, 2, 4));
  EXPECT_THAT(spikes_of("threshold", {127, 128}, {128}, {.tick = 3, .ticks = 4}), ElementsAre(1));
  EXPECT_THAT(spikes_of("threshold", {0, 1}, {1}), ElementsAre(1));
  EXPECT_THAT(spikes_of("threshold", {254, 255}, {255}), ElementsAre(1));
}

TEST(Encoders, AppendToWhatIsThere) {
  std::vector<u32> spikes = {9};
  Registry<Encoder>::make("threshold")->encode(Pixels{200}, {}, Params{128}, spikes);
  EXPECT_THAT(spikes, ElementsAre(9, 0));
}

TEST(Rate, SpikesARoundedShareOfTheTicks) {
  for (const u32 ticks : {1u, 2u, 3u, 4u, 7u, 8u, 12u, 16u}) {
    const std::vector<u32> counts = spike_counts("rate", {0, 255}, ticks);
    for (u32 v = 0; v < 256; ++v) {
      EXPECT_EQ(counts[v], (2 * ticks * v + 255) / (2 * 255)) << v << " in " << ticks << " ticks";
    }
  }
}

TEST(Rate, OfOneTickIsAThresholdInTheMiddle) {
  EXPECT_THAT(spikes_of("rate", {127, 128}, {0, 255}), ElementsAre(1));
  EXPECT_THAT(spikes_of("rate", {149, 150, 151}, {100, 200}), ElementsAre(1, 2));
}

// For four ticks 0 2 1 3 of the thresholds 31.9, 95.6, 159.4 and 223.1.
TEST(Rate, SpreadsSpikesOverTheTicks) {
  const Pixels pixels = {31, 32, 95, 96, 159, 160, 223, 224};
  std::vector<std::vector<u32>> spikes;
  for (u32 tick = 0; tick < 4; ++tick) {
    spikes.push_back(spikes_of("rate", pixels, {0, 255}, {.tick = tick, .ticks = 4}));
  }
  EXPECT_THAT(spikes[0], ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(spikes[1], ElementsAre(5, 6, 7));
  EXPECT_THAT(spikes[2], ElementsAre(3, 4, 5, 6, 7));
  EXPECT_THAT(spikes[3], ElementsAre(7));
}

TEST(Rate, IsNothingUpToLowAndEverythingFromHighOn) {
  const std::vector<u32> counts = spike_counts("rate", {50, 60}, 1024);
  EXPECT_EQ(counts[0], 0u);
  EXPECT_EQ(counts[50], 0u);
  EXPECT_EQ(counts[55], 512u);
  EXPECT_EQ(counts[60], 1024u);
  EXPECT_EQ(counts[255], 1024u);
}

TEST(Bernoulli, IsNothingUpToLowAndEverythingFromHighOn) {
  const std::vector<u32> counts = spike_counts("bernoulli", {50, 60, 3}, 1000);
  EXPECT_EQ(counts[0], 0u);
  EXPECT_EQ(counts[50], 0u);
  EXPECT_EQ(counts[60], 1000u);
  EXPECT_EQ(counts[255], 1000u);
}

TEST(Bernoulli, SpikesAsOftenAsTheValueSays) {
  const u32 ticks = 10'000;
  const std::vector<u32> counts = spike_counts("bernoulli", {0, 200, 1}, ticks);
  const double four_sigma = 4 * 50;  // of 10,000 draws at one half
  EXPECT_NEAR(counts[20], 1000, four_sigma);
  EXPECT_NEAR(counts[100], 5000, four_sigma);
  EXPECT_NEAR(counts[180], 9000, four_sigma);
}

TEST(Bernoulli, DrawsAnewForEachPixelTickImageAndSeed) {
  const Pixels pixels(64, 128);
  const Params params = {0, 255, 1};
  const Presentation first = {.image = 0, .tick = 0, .ticks = 2};
  const auto spikes = spikes_of("bernoulli", pixels, params, first);

  EXPECT_GT(spikes.size(), 16u);
  EXPECT_LT(spikes.size(), 48u);
  EXPECT_EQ(spikes, spikes_of("bernoulli", pixels, params, first));
  EXPECT_NE(spikes, spikes_of("bernoulli", pixels, params, {.image = 0, .tick = 1, .ticks = 2}));
  EXPECT_NE(spikes, spikes_of("bernoulli", pixels, params, {.image = 1, .tick = 0, .ticks = 2}));
  EXPECT_NE(spikes,
            spikes_of("bernoulli", pixels, params, {.image = u64{1} << 32, .tick = 0, .ticks = 2}));
  EXPECT_NE(spikes, spikes_of("bernoulli", pixels, {0, 255, 2}, first));
}

TEST(Bernoulli, GivesTheseSpikesOnEveryMachine) {
  EXPECT_THAT(spikes_of("bernoulli", Pixels(16, 128), {0, 255, 1}, {.image = 5, .tick = 2}),
              ElementsAre(0, 2, 4, 5, 7, 8, 9, 13));
}

// The problems, one a line; places are "f: PATH".
std::string problems_of(const std::string& encoder, const std::map<std::string, i32>& params) {
  Problems problems;
  make_encoding(
      encoder, 4, params, [](const std::string& path) { return "f[" + path + "]"; }, problems);
  try {
    problems.throw_if_any();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(MakeEncoding, PutsParametersInPlaceOfDefaults) {
  Problems problems;
  const auto place_of = [](const std::string& path) { return path; };

  const Encoding encoding =
      make_encoding("bernoulli", 8, {{"seed", 5}, {"high", 200}}, place_of, problems);

  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(encoding.encoder, "bernoulli");
  EXPECT_EQ(encoding.ticks, 8u);
  EXPECT_THAT(encoding.params, ElementsAre(0, 200, 5));
  EXPECT_THAT(make_encoding("threshold", 1, {}, place_of, problems).params, ElementsAre(128));
}

TEST(MakeEncoding, NamesTheEncodersThatThereAre) {
  EXPECT_EQ(problems_of("treshold", {}),
            "f[encoder.name]: encoder.name = 'treshold' (have: bernoulli, rate, threshold; "
            "did you mean 'threshold'?)");
}

TEST(MakeEncoding, NamesTheParametersThatThereAreAndTheirRanges) {
  EXPECT_EQ(problems_of("rate", {{"hihg", 1}, {"low", 255}}),
            "f[encoder.params.hihg]: encoder.params.hihg: no such parameter (have: low, high; "
            "did you mean 'high'?)\n"
            "f[encoder.params.low]: encoder.params.low = 255 (must be 0..254; pixels of at most "
            "this value never spike)");
  EXPECT_EQ(problems_of("threshold", {{"threshold", 0}}),
            "f[encoder.params.threshold]: encoder.params.threshold = 0 (must be 1..255; pixels "
            "of at least this value spike)");
  EXPECT_EQ(problems_of("bernoulli", {{"seed", -1}}),
            "f[encoder.params.seed]: encoder.params.seed = -1 (must be 0..2147483647; of the "
            "random numbers)");
}

TEST(MakeEncoding, RefusesLowThatIsNotBelowHigh) {
  EXPECT_EQ(problems_of("rate", {{"low", 9}, {"high", 10}}), "");
  EXPECT_EQ(problems_of("rate", {{"low", 9}, {"high", 9}}),
            "f[encoder.params]: encoder.params: low = 9, high = 9 (low must be below high)");
  EXPECT_EQ(problems_of("bernoulli", {{"low", 10}, {"high", 9}}),
            "f[encoder.params]: encoder.params: low = 10, high = 9, seed = 0 (low must be below "
            "high)");
}

TEST(Cli, ListShowsEncodersTheirParametersAndDecoders) {
  const auto list = run_tool_json({"list"});

  EXPECT_EQ(list.at("encoders").at(1).at("encoder"), "rate");
  EXPECT_EQ(list.at("encoder_params").at(0).at("encoder"), "bernoulli");
  EXPECT_EQ(list.at("encoder_params").at(1).at("param"), "high");
  EXPECT_EQ(list.at("encoder_params").at(1).at("default"), 255);
  EXPECT_EQ(list.at("decoders").at(0).at("decoder"), "first_spike");
}

}  // namespace
}  // namespace spikefab::test
