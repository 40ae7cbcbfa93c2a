// `spikefab run` of a network, as users call it: the example in configs/examples/quadrants.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_tool.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

const std::string example = SPIKEFAB_SOURCE_DIR "/configs/examples/quadrants/";

TEST(CliNetworkRun, AnswersOneRecording) {
  const ToolRun run = run_tool({"run", example + "quadrants.nir", "--chip", "loihi1", "--input",
                                example + "2.csv", "--json"});

  ASSERT_EQ(run.code, 0) << run.err;
  const Json result = Json::parse(run.out);
  EXPECT_EQ(result["chip_run"]["answer"], 2);
  EXPECT_EQ(result["outputs"].size(), 4u);
  EXPECT_GT(result["mapping"]["synapse_words"], 0);
}

TEST(CliNetworkRun, ComparesChipAndFloatOnADataSet) {
  const ToolRun run =
      run_tool({"run", example + "quadrants.nir", "-c", "loihi1", "-i", example, "--labels",
                example + "labels.txt", "--precision", "both", "--json"});

  ASSERT_EQ(run.code, 0) << run.err;
  const Json result = Json::parse(run.out);
  EXPECT_EQ(result["chip_run"]["correct"], 8);
  EXPECT_EQ(result["float_run"]["correct"], 8);
  EXPECT_EQ(result["equal_answers"], 8);
  for (const Json& layer : result["spikes_per_recording"]) {
    EXPECT_NEAR(layer["difference_%"].get<double>(), 0, 10) << layer;
  }
}

TEST(CliNetworkRun, SameAnswersOnEveryEngine) {
  std::string first;
  for (const std::string engine : {"serial", "cpu:threads=1", "cpu:threads=2"}) {
    const ToolRun run = run_tool({"run", example + "quadrants.nir", "-c", "loihi1", "-i",
                                  example + "1.csv", "--json", "--engine", engine});
    ASSERT_EQ(run.code, 0) << run.err;
    Json result = Json::parse(run.out);
    result["chip_run"].erase("seconds");
    result["chip_run"].erase("engine");
    if (first.empty()) first = result.dump();
    EXPECT_EQ(result.dump(), first) << engine;
  }
}

TEST(CliNetworkRun, TheProgramThatItWritesIsAProgram) {
  const TempFolder folder;
  const std::string program = folder.file("net.sfab");

  const ToolRun run = run_tool({"run", example + "quadrants.nir", "-c", "loihi1", "-i",
                                example + "0.csv", "--program-out", program});
  const ToolRun validated = run_tool({"validate", program});

  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(validated.code, 0) << validated.err;
}

struct Mistake {
  std::vector<std::string> words;
  int exit_code;
  std::string message;
};

TEST(CliNetworkRun, TellsWhatIsWrongWithItsOptions) {
  const std::string net = example + "quadrants.nir";
  const std::string csv = example + "0.csv";
  const std::vector<Mistake> mistakes = {
      {{"run", net, "-i", csv}, 2, "missing --chip CHIP (or --precision float"},
      {{"run", net, "-c", "loihi1"}, 2, "missing --input FILE"},
      {{"run", net, "-c", "loihi_1", "-i", csv}, 2, "no chip 'loihi_1'"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--ticks", "5"}, 2, "--ticks is for programs"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--semantics", "snntroch"}, 2, "snntorch"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--weight-bits", "77"}, 2, "weight"},
      {{"run", net, "-c", "loihi1", "-i", example + "9.csv"}, 3, "9.csv"},
      {{"run", net, "-c", "ranc_4x3", "-i", csv}, 3, "crossbar"},
      {{"run", "net.sfab", "-c", "loihi1"}, 2, "--chip is for networks"},
  };
  for (const Mistake& mistake : mistakes) {
    const ToolRun run = run_tool(mistake.words);

    EXPECT_EQ(run.code, mistake.exit_code) << run.err;
    EXPECT_THAT(run.err, HasSubstr(mistake.message));
    EXPECT_EQ(run.out, "");
  }
}

}  // namespace
}  // namespace spikefab::test
