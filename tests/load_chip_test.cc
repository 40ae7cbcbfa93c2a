// Chip files: what the neuron models add to the schema, shipped files, and messages from strangers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "arch/chip_message.h"
#include "arch/neurons/ranc.h"
#include "base/field_rules.h"
#include "mapper/importers/ranc.h"
#include "tests/support/temp_folder.h"

namespace spikefab {
namespace {

using neurons::Ranc;

std::string fixture(const std::string& name) {
  return std::string(SPIKEFAB_SOURCE_DIR) + "/tests/fixtures/yaml/" + name;
}

Chip load_text(const std::string& text) {
  const test::TempFolder folder;
  return load_chip(folder.write("small.yaml", text));
}

std::string replace_all(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

template <class Load>
std::string problems_of(Load load, const std::string& path) {
  try {
    load(path);
  } catch (const InputError& e) {
    return replace_all(e.what(), path, "FILE");
  }
  return "";
}

std::string problems_of(const std::string& text) {
  const test::TempFolder folder;
  return problems_of(load_chip, folder.write("small.yaml", text));
}

TEST(LoadChip, TakesDefaultsForWhatTheFileLeavesOut) {
  const Chip chip = load_text("mesh: {width: 5, height: 2}\n");

  EXPECT_EQ(chip.name, "small");
  EXPECT_EQ(chip.mesh.width, 5);
  EXPECT_EQ(chip.mesh.height, 2);
  EXPECT_EQ(chip.mesh.routing, Routing::xy);
  EXPECT_EQ(chip.axons, 256);
  EXPECT_EQ(chip.neurons, 256);
  EXPECT_EQ(chip.weights, 4);
  EXPECT_EQ(chip.slots, 16);
  EXPECT_EQ(neuron_model_names().at(chip.neuron_model), "ranc");
  ASSERT_EQ(chip.neuron_params.size(), Ranc::params.size());
  EXPECT_EQ(chip.neuron_params[Ranc::positive_threshold], 1);
  EXPECT_EQ(chip.neuron_params[Ranc::reset_type], 0);
}

TEST(LoadChip, TakesWhatTheFileSays) {
  const Chip chip = load_text(R"(
name: big
mesh: {width: 1024, height: 1, routing: yx}
core:
  crossbar: {axons: 1, neurons: 65536, weights: 64, slots: 2}
  neuron: {model: ranc, params: {leak: -2147483648, reset_type: 1}}
)");

  EXPECT_EQ(chip.name, "big");
  EXPECT_EQ(chip.mesh.width, 1024);
  EXPECT_EQ(chip.mesh.routing, Routing::yx);
  EXPECT_EQ(chip.axons, 1);
  EXPECT_EQ(chip.neurons, 65536);
  EXPECT_EQ(chip.weights, 64);
  EXPECT_EQ(chip.slots, 2);
  EXPECT_EQ(chip.neuron_params[Ranc::leak], -2147483647 - 1);
  EXPECT_EQ(chip.neuron_params[Ranc::reset_type], 1);
}

TEST(LoadChip, ReadsBackWhatItWrites) {
  const test::TempFolder folder;
  const Chip chip = load_text("{name: 'a \"b\"', mesh: {width: 2, height: 2, routing: yx}}");

  const std::string text = to_yaml(chip);
  const Chip again = load_chip(folder.write("again.yaml", text));

  EXPECT_EQ(again.name, "a \"b\"");
  EXPECT_EQ(to_yaml(again), text);
}

TEST(LoadChip, TakesAFileWithByteOrderMarkAndCarriageReturns) {
  const Chip chip = load_chip(fixture("bom_crlf.yaml"));

  EXPECT_EQ(chip.name, "café");
  EXPECT_EQ(chip.mesh.size(), 6);
}

TEST(LoadChip, SaysThatAUtf16FileIsNotUtf8) {
  EXPECT_EQ(problems_of(load_chip, fixture("utf16.yaml")),
            "FILE:1:1: not UTF-8 from here on (save the file as UTF-8)");
}

TEST(LoadChip, ReportsAllProblemsInOnePass) {
  EXPECT_EQ(problems_of(load_chip, fixture("many_problems.yaml")) + "\n",
            test::read_whole_file(fixture("many_problems.txt")));
}

TEST(LoadChip, RejectsUnknownNeuronModels) {
  EXPECT_EQ(problems_of("mesh: {width: 1, height: 1}\ncore: {neuron: {model: rank}}\n"),
            "FILE:2:24: core.neuron.model = 'rank' (have: ranc; did you mean 'ranc'?)");
}

TEST(LoadChip, RejectsUnknownNeuronParameters) {
  EXPECT_EQ(problems_of("mesh: {width: 1, height: 1}\ncore: {neuron: {params: {leek: 1}}}\n"),
            "FILE:2:26: core.neuron.params.leek: no such parameter (have: leak, "
            "positive_threshold, negative_threshold, reset_potential, reset_mode, reset_type; did "
            "you mean 'leak'?)");
}

TEST(LoadChip, RejectsNeuronParametersOutOfRange) {
  EXPECT_EQ(problems_of("mesh: {width: 1, height: 1}\ncore: {neuron: {params: {reset_mode: 2}}}\n"),
            "FILE:2:26: core.neuron.params.reset_mode = 2 (must be 0..1; 0: absolute, 1: linear "
            "(subtracts the threshold))");
}

TEST(LoadChip, AsksForTheMesh) {
  EXPECT_EQ(problems_of("name: a\n"), "FILE:1:1: missing key 'mesh' (the mesh of cores)");
  EXPECT_EQ(problems_of("mesh:\n  width: 3\n"),
            "FILE:2:3: missing key 'mesh.height' (must be 1..1024 cores)");
}

// The limits of arch/chip.h, by which others size their arrays, are those of the schema.
TEST(LoadChip, HasTheLimitsOfTheSchema) {
  const auto max_of = [](const google::protobuf::Descriptor* type, const char* field) {
    return static_cast<u64>(range_of(*type->FindFieldByName(field)).max);
  };

  EXPECT_EQ(max_of(schema::Mesh::descriptor(), "width"), max_mesh_side);
  EXPECT_EQ(max_of(schema::Mesh::descriptor(), "height"), max_mesh_side);
  EXPECT_EQ(max_of(schema::Crossbar::descriptor(), "axons"), max_axons);
  EXPECT_EQ(max_of(schema::Crossbar::descriptor(), "neurons"), max_neurons);
  EXPECT_EQ(max_of(schema::Crossbar::descriptor(), "weights"), max_weights);
  EXPECT_EQ(max_of(schema::Crossbar::descriptor(), "slots"), max_slots);
}

// What a message says is wrong, with places "at <field>".
std::string problems_of(const schema::Chip& message) {
  Problems problems;
  chip_from_message(
      message, [](const std::string& path) { return "at " + path; }, problems);
  try {
    problems.throw_if_any();
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(ChipMessage, HoldsTheWholeChip) {
  const Chip chip = load_text("{mesh: {width: 3, height: 2}, core: {neuron: {params: {leak: 4}}}}");
  Problems problems;

  const Chip again = chip_from_message(
      to_message(chip), [](const std::string&) { return ""; }, problems);

  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(to_yaml(again), to_yaml(chip));
}

TEST(ChipMessage, IsCheckedAgain) {
  schema::Chip message = to_message(load_text("mesh: {width: 3, height: 2}"));
  message.set_name(std::string(257, 'x'));
  message.mutable_mesh()->set_width(1025);
  message.mutable_mesh()->set_routing(static_cast<schema::Mesh_Routing>(2));
  message.mutable_core()->mutable_crossbar()->set_slots(0);
  (*message.mutable_core()->mutable_neuron()->mutable_params())["reset_mode"] = 9;

  EXPECT_EQ(problems_of(message),
            "at name: name: 257 bytes are too long (at most 256)\n"
            "at mesh.width: mesh.width = 1025 (must be 1..1024 cores)\n"
            "at mesh.routing: mesh.routing = '2' (one of: xy, yx)\n"
            "at core.crossbar.slots: core.crossbar.slots = 0 (must be 2..256 ticks)\n"
            "at core.neuron.params.reset_mode: core.neuron.params.reset_mode = 9 (must be 0..1; 0: "
            "absolute, 1: linear (subtracts the threshold))");
}

TEST(ChipMessage, IsRejectedIfEmpty) {
  EXPECT_EQ(problems_of(schema::Chip()),
            "at mesh: missing 'mesh' (the mesh of cores)\n"
            "at core: missing 'core' (what each core is)");
}

TEST(ShippedConfigs, AllLoad) {
  const auto configs = std::filesystem::path(SPIKEFAB_SOURCE_DIR) / "configs";
  u32 chips = 0;

  for (const auto& entry : std::filesystem::recursive_directory_iterator(configs)) {
    const std::string path = entry.path().string();
    SCOPED_TRACE(path);
    if (path.ends_with(".yaml") && entry.path().parent_path().filename() == "chips") {
      EXPECT_EQ(problems_of(load_chip, path), "");
      EXPECT_EQ(load_chip(path).name, entry.path().stem().string());
      ++chips;
    } else if (entry.path().filename() == "config.json") {
      EXPECT_EQ(problems_of(load_ranc_config, path), "");
    }
  }

  EXPECT_GE(chips, 5);
}

TEST(ShippedConfigs, RancIsTheFullListOfKeys) {
  const std::string path = std::string(SPIKEFAB_SOURCE_DIR) + "/configs/chips/ranc.yaml";

  const std::string text = test::read_whole_file(path);

  for (const ParamSpec& param : Ranc::params) {
    EXPECT_THAT(text, testing::HasSubstr(std::string(param.name) + ":"));
  }
  for (const char* key :
       {"name", "width", "height", "routing", "axons", "neurons", "weights", "slots", "model"}) {
    EXPECT_THAT(text, testing::HasSubstr(std::string(key) + ":"));
  }
}

}  // namespace
}  // namespace spikefab
