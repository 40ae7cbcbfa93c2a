// RANC's config.json: every file of RANC's own tests, and what is wrong with others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "arch/neurons/ranc.h"
#include "mapper/importers/ranc.h"
#include "tests/support/data_folder.h"
#include "tests/support/temp_folder.h"

namespace spikefab {
namespace {

constexpr const char* good = R"({
 "num_neurons": 256, "num_axons": 128,
 "num_cores_x": 4, "num_cores_y": 3, "num_weights": 2,
 "max_tick_offset": 16,
 "neuron_reset_type": 1
})";

// `good` with one text replaced.
std::string with(const std::string& old_text, const std::string& new_text) {
  std::string text = good;
  text.replace(text.find(old_text), old_text.size(), new_text);
  return text;
}

std::string problems_of(const std::string& text) {
  const test::TempFolder folder;
  const std::string path = folder.write("config.json", text);
  try {
    load_ranc_config(path);
  } catch (const InputError& e) {
    std::string problems = e.what();
    for (auto at = problems.find(path); at != std::string::npos; at = problems.find(path)) {
      problems.replace(at, path.size(), "FILE");
    }
    return problems;
  }
  return "";
}

RancConfig load_text(const std::string& text) {
  const test::TempFolder folder;
  return load_ranc_config(folder.write("config.json", text));
}

TEST(RancConfig, BecomesAChip) {
  const RancConfig config = load_text(good);

  EXPECT_EQ(config.chip.name, "ranc");
  EXPECT_EQ(config.chip.mesh.width, 4);
  EXPECT_EQ(config.chip.mesh.height, 3);
  EXPECT_EQ(config.chip.mesh.routing, Routing::xy);
  EXPECT_EQ(config.chip.neurons, 256);
  EXPECT_EQ(config.chip.axons, 128);
  EXPECT_EQ(config.chip.weights, 2);
  EXPECT_EQ(config.chip.slots, 16);
  EXPECT_EQ(neuron_model_names().at(config.chip.neuron_model), "ranc");
  EXPECT_EQ(config.chip.neuron_params.at(neurons::Ranc::reset_type), 1);
  EXPECT_FALSE(config.traces());
}

TEST(RancConfig, TakesAnOlderNameAndIgnoresWhatRancIgnores) {
  const RancConfig config = load_ranc_config(std::string(SPIKEFAB_SOURCE_DIR) +
                                             "/tests/fixtures/yaml/ranc_config_old_name.json");

  EXPECT_EQ(config.neuron_trace, 2);
  EXPECT_EQ(config.controller_trace, 1);
  EXPECT_EQ(config.scheduler_trace, 1);
  EXPECT_EQ(config.chip.neuron_params.at(neurons::Ranc::reset_type), 0);
}

TEST(RancConfig, ExplainsTheMissingResetTypeOfVmmmap) {
  EXPECT_EQ(problems_of(with(",\n \"neuron_reset_type\": 1", "")),
            "FILE:1:1: missing key 'neuron_reset_type' (RANC's vmmmap writes configs without it; "
            "add \"neuron_reset_type\": 0 (asymmetric) or 1 (symmetric))");
}

TEST(RancConfig, PointsAtTheMisspellingOfAMissingKey) {
  EXPECT_EQ(problems_of(with("num_axons", "num_axon")),
            "FILE:1:1: missing key 'num_axons' (is it misspelt as 'num_axon'?)");
}

TEST(RancConfig, ListsEveryMissingKey) {
  const std::string problems = problems_of("{}");

  for (const char* key : {"num_neurons", "num_axons", "num_cores_x", "num_cores_y", "num_weights",
                          "max_tick_offset", "neuron_reset_type"}) {
    EXPECT_THAT(problems, testing::HasSubstr("FILE:1:1: missing key '" + std::string(key) + "' ("));
  }
}

TEST(RancConfig, ChecksRanges) {
  EXPECT_EQ(problems_of(with("\"num_neurons\": 256", "\"num_neurons\": 0")),
            "FILE:2:17: num_neurons = 0 (must be 1..65536)");
  EXPECT_EQ(problems_of(with("\"num_cores_x\": 4", "\"num_cores_x\": 1025")),
            "FILE:3:17: num_cores_x = 1025 (must be 1..1024)");
  EXPECT_EQ(problems_of(with("16", "1")), "FILE:4:21: max_tick_offset = 1 (must be 2..256 ticks)");
  EXPECT_EQ(problems_of(with("type\": 1", "type\": 2")),
            "FILE:5:23: neuron_reset_type = 2 (must be 0..1)");
  EXPECT_EQ(problems_of(with("16,", "16, \"neuron_block_trace_verbosity\": 3,")),
            "FILE:4:57: neuron_block_trace_verbosity = 3 (must be 0..2)");
}

TEST(RancConfig, RejectsKeysThatComeTwice) {
  EXPECT_EQ(problems_of(with("16,", "16, \"max_tick_offset\": 8,")),
            "FILE:4:25: max_tick_offset: duplicate key (first in line 4)");
  EXPECT_EQ(problems_of(with("16,",
                             "16, \"token_controller_trace_verbosity\": 1,\n"
                             " \"core_controller_trace_verbosity\": 1,")),
            "FILE:5:2: core_controller_trace_verbosity: duplicate key (first in line 4 as "
            "'token_controller_trace_verbosity')");
}

TEST(RancConfig, RejectsStringsForIntegers) {
  EXPECT_EQ(problems_of(with(": 16", ": \"16\"")),
            "FILE:4:21: max_tick_offset: expected an integer, got the string \"16\" (write 16 "
            "without quotes)");
}

TEST(RancConfig, SaysThatJsonIsCutOff) {
  EXPECT_EQ(problems_of("{\"num_neurons\": 256,\n"),
            "FILE:2:1: not valid JSON: end of map flow not found");
}

TEST(RancConfig, LoadsEveryConfigOfRancsTestCases) {
  const auto folder = std::filesystem::path(test::data_folder()) / "ranc";
  if (!std::filesystem::is_directory(folder)) {
    test::skip_without_data(folder.string());
    return;
  }
  u32 configs = 0;

  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("config") || !name.ends_with(".json")) continue;
    SCOPED_TRACE(entry.path().string());
    RancConfig config;
    EXPECT_NO_THROW(config = load_ranc_config(entry.path().string()));
    EXPECT_EQ(config.chip.slots, 16);  // all of them
    ++configs;
  }

  EXPECT_GE(configs, 76);
}

}  // namespace
}  // namespace spikefab
