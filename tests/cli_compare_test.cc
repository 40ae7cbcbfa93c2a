// `spikefab compare`, as users call it, with the network in configs/examples/quadrants.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/run_tool.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

const std::string network = SPIKEFAB_SOURCE_DIR "/configs/examples/quadrants/quadrants.nir";

TEST(CliCompare, ShowsAllMappingsBestFirst) {
  const ToolRun run =
      run_tool({"compare", network, "--neurons-per-core", "16", "-p", "layer_sequential", "-p",
                "random", "-P", "row_major", "-P", "hilbert", "--seeds", "2", "--json"});

  ASSERT_EQ(run.code, 0) << run.err;
  const Json mappings = Json::parse(run.out)["mappings"];
  ASSERT_EQ(mappings.size(), 8u);
  double last = 0;
  for (const Json& mapping : mappings) {
    EXPECT_GE(mapping["cost"], last);
    last = mapping["cost"];
    EXPECT_EQ(mapping["cost"], mapping["unicast_hops"]);
    EXPECT_LE(mapping["tree_hops"], mapping["unicast_hops"]);
    EXPECT_GE(mapping["unicast_x_bound"], 1);
  }
  EXPECT_TRUE(std::any_of(mappings.begin(), mappings.end(),
                          [](const Json& mapping) { return mapping["pareto"].get<bool>(); }));
}

// The figures of facts that are known for this network, with cores of 256 neurons.
TEST(CliCompare, MapsDescribedNetworks) {
  const std::string mlp = SPIKEFAB_SOURCE_DIR "/configs/benchmarks/mapping/mlp.yaml";

  const ToolRun run = run_tool({"compare", mlp, "-p", "layer_sequential:share=0", "-P", "row_major",
                                "-P", "random+anneal", "--json"});

  ASSERT_EQ(run.code, 0) << run.err;
  const Json mapping = Json::parse(run.out)["mappings"][0];
  EXPECT_EQ(mapping["cores"], 9);
  EXPECT_EQ(mapping["deliveries"], 3104);
  EXPECT_GE(mapping["deliveries_x_bound"], 1);
  EXPECT_LE(mapping["unicast_hops"], 4432);
}

TEST(CliCompare, SaysTheSameTwice) {
  const auto figures = [] {
    const ToolRun run =
        run_tool({"compare", network, "-c", "loihi1", "--neurons-per-core", "20", "--json"});
    EXPECT_EQ(run.code, 0) << run.err;
    std::set<std::string> lines;
    const Json result = Json::parse(run.out);
    for (Json mapping : result["mappings"]) {
      for (const char* time : {"partition_seconds", "place_seconds", "seconds", "pareto"}) {
        mapping.erase(time);
      }
      lines.insert(mapping.dump());
    }
    return lines;
  };

  const auto first = figures();

  EXPECT_GE(first.size(), 8u);
  EXPECT_EQ(figures(), first);
}

TEST(CliCompare, WritesAllFiguresAsCsv) {
  const TempFolder folder;
  const std::string path = folder.file("mappings.csv");

  const ToolRun run = run_tool({"compare", network, "--neurons-per-core", "16", "-p",
                                "layer_sequential:order=1,share=0", "-P", "snake", "--csv", path});

  ASSERT_EQ(run.code, 0) << run.err;
  const std::string text = read_whole_file(path);
  EXPECT_THAT(text, testing::StartsWith("partitioner,placer,seed,cores,cost,"));
  EXPECT_THAT(text, HasSubstr("\n\"layer_sequential:order=1,share=0\",\"snake\",1,"));
}

TEST(CliCompare, WhatDoesNotFitIsToldWithItsReason) {
  const ToolRun run = run_tool({"compare", network, "--neurons-per-core", "1", "--mesh", "2x2",
                                "-p", "layer_sequential", "-P", "row_major", "--json"});

  EXPECT_EQ(run.code, 4);
  const Json mapping = Json::parse(run.out)["mappings"][0];
  EXPECT_THAT(mapping["problem"].get<std::string>(), HasSubstr("has 4 (a mesh of 2 x 2)"));
}

TEST(CliCompare, TellsWhatIsWrongWithItsOptions) {
  struct Mistake {
    std::vector<std::string> words;
    std::string message;
  };
  const std::vector<Mistake> mistakes = {
      {{"-p", "layer_sequentail"}, "no partitioner 'layer_sequentail'"},
      {{"-p", "layer_sequential:ordre=1"}, "partitioner layer_sequential has no option 'ordre'"},
      {{"-p", "refine"}, "partitioner refine improves on what another found"},
      {{"-P", "row_major+hilbert"}, "placer hilbert begins anew"},
      {{"-P", "file"}, "placer file needs a file"},
      {{"--mesh", "3"}, "--mesh '3' is no mesh"},
      {{"--mesh", "0x3"}, "--mesh '0x3' is no mesh"},
      {{"-c", "loihi1", "--mesh", "3x3"}, "--mesh is for plain cores"},
      {{"-c", "nochip"}, "no chip 'nochip'"},
  };
  for (const Mistake& mistake : mistakes) {
    std::vector<std::string> words = {"compare", network};
    words.insert(words.end(), mistake.words.begin(), mistake.words.end());

    const ToolRun run = run_tool(words);

    EXPECT_EQ(run.code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr(mistake.message));
  }
}

}  // namespace
}  // namespace spikefab::test
