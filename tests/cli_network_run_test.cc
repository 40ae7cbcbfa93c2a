// `spikefab run` of a network, as users call it: the example in configs/examples/quadrants.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "mapper/nir/export.h"
#include "tests/support/netx_file.h"
#include "tests/support/run_tool.h"
#include "tests/support/small_network.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;
using testing::Not;
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
  EXPECT_EQ(result["spikes_per_recording"].size(), 2u);
  for (const Json& layer : result["spikes_per_recording"]) {
    EXPECT_NEAR(layer["difference_percent"].get<double>(), 0, 10) << layer;
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

TEST(CliNetworkRun, ItsProgramAndStimulusGiveTheSameSpikes) {
  const TempFolder folder;
  const ToolRun run =
      run_tool({"run", example + "quadrants.nir", "-c", "loihi1", "-i", example, "--labels",
                example + "labels.txt", "--program-out", folder.file("net.sfab"), "--stimulus-out",
                folder.file("net.stimulus.sfab"), "--json"});

  const ToolRun again =
      run_tool({"run", folder.file("net.sfab"), "-s", folder.file("net.stimulus.sfab"), "--json"});

  ASSERT_EQ(again.code, 0) << run.err << again.err;
  const Json result = Json::parse(run.out);
  EXPECT_GT(result["chip_run"]["spikes"], 0);
  EXPECT_EQ(Json::parse(again.out)["replicas"], 8);
  EXPECT_EQ(Json::parse(again.out)["spikes"], result["chip_run"]["spikes"]);
}

TEST(CliNetworkRun, WritesItsAnswers) {
  const TempFolder folder;
  const std::string path = folder.file("answers.csv");

  const ToolRun run =
      run_tool({"run", example + "quadrants.nir", "-c", "loihi1", "-i", example, "--labels",
                example + "labels.txt", "--precision", "both", "--answers", path});

  ASSERT_EQ(run.code, 0) << run.err;
  std::istringstream text(read_whole_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 9u);
  EXPECT_THAT(lines[0], testing::StartsWith("recording,class,chip,chip_output_0,"));
  EXPECT_THAT(lines[0], testing::EndsWith(",float_output_3"));
  EXPECT_THAT(lines[1], testing::StartsWith("0,0,0,"));
}

TEST(CliNetworkRun, SilenceIsNoAnswer) {
  const TempFolder folder;
  folder.write("0.csv", "t,x,y,p\n0,0,0,1\n5000,0,0,0\n");
  const std::string labels = folder.write("labels.txt", "0\t0\n");

  const ToolRun run = run_tool({"run", example + "quadrants.nir", "-c", "loihi1", "-i",
                                folder.path(), "--labels", labels, "--json"});

  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(Json::parse(run.out)["chip_run"]["correct"], 0);
  EXPECT_EQ(Json::parse(run.out)["chip_run"]["without_answer"], 1);
}

TEST(CliNetworkRun, RefusesAClassThatIsNoOutput) {
  const TempFolder folder;
  const std::string labels = folder.write("labels.txt", "0\t4\n");

  const ToolRun run = run_tool(
      {"run", example + "quadrants.nir", "-c", "loihi1", "-i", example, "--labels", labels});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("is of class 4 (the network's outputs are 0..3)"));
}

TEST(CliNetworkRun, RefusesARecordingOfAnotherSensor) {
  const TempFolder folder;
  const std::string recording = folder.write("a.csv", "%geometry:32,32\n3,3,1,0\n3,3,1,5000\n");
  const std::vector<std::string> words = {"run",    example + "quadrants.nir", "-c", "loihi1", "-i",
                                          recording};
  std::vector<std::string> smaller = words;
  smaller.insert(smaller.end(), {"--downscale", "2"});

  const ToolRun run = run_tool(words);
  const ToolRun downscaled = run_tool(smaller);

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("a.csv: is of a sensor of 32 x 32 pixels"));
  EXPECT_EQ(downscaled.code, 0) << downscaled.err;
}

TEST(CliNetworkRun, WarnsOfCountsThatSumsHaveNoRoomFor) {
  const TempFolder folder;
  std::string events = "t,x,y,p\n";
  for (int i = 0; i < 40 * 200; ++i) events += std::to_string(i * 5) + ",3,3,1\n";
  const std::string recording = folder.write("200_a_tick.csv", events);
  const std::vector<std::string> words = {
      "run", example + "quadrants.nir", "-c", "loihi1", "-i", recording, "--json"};
  std::vector<std::string> with_room = words;
  with_room.insert(with_room.end(), {"--input-count", "200"});

  const ToolRun run = run_tool(words);
  const ToolRun roomy = run_tool(with_room);

  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("200 events of a pixel in a tick"));
  EXPECT_THAT(run.err, HasSubstr("--input-count 200"));
  ASSERT_EQ(roomy.code, 0) << roomy.err;
  EXPECT_THAT(roomy.err, Not(HasSubstr("events of a pixel")));
}

// A flat input of 6 elements, one neuron for each of two of them.
std::string flat_network(const TempFolder& folder) {
  const Network network = one_layer(6, integrate_and_fire(1), {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
  const std::string path = folder.file("flat.nir");
  save_nir(to_nir_form(network), path);
  return path;
}

TEST(CliNetworkRun, AFlatInputIsARowOrWhatTheUserSays) {
  const TempFolder folder;
  const std::string network = flat_network(folder);
  const std::string row = folder.write("row.csv", "t,x,y,p\n0,5,0,1\n1000,5,0,1\n2000,0,0,1\n");
  const std::string grid = folder.write("grid.csv", "t,x,y,p\n0,2,1,1\n1000,2,1,1\n2000,0,0,1\n");
  const std::vector<std::string> words = {"run", network, "-c", "loihi2_like", "--json", "-i"};

  std::vector<std::string> as_row = words;
  as_row.push_back(row);
  std::vector<std::string> as_grid = words;
  as_grid.insert(as_grid.end(), {grid, "--input-shape", "2x3"});
  const ToolRun first = run_tool(as_row);
  const ToolRun second = run_tool(as_grid);

  ASSERT_EQ(first.code, 0) << first.err;
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_EQ(Json::parse(first.out)["chip_run"]["answer"], 1);
  EXPECT_EQ(Json::parse(first.out)["outputs"], Json::parse(second.out)["outputs"]);
}

TEST(CliNetworkRun, RunsNetxNetworks) {
  const TempFolder folder;
  const std::string network = folder.write("net.net", netx_file(sample_netx()));
  std::string events = "t,x,y,p\n";
  for (int i = 0; i < 20; ++i) {
    for (int pixel = 0; pixel < 16; ++pixel) {
      events += std::to_string(i * 1000) + "," + std::to_string(pixel % 4) + "," +
                std::to_string(pixel / 4) + ",1\n";
    }
  }
  const std::string recording = folder.write("all.csv", events);

  const ToolRun run = run_tool({"run", network, "-c", "loihi1", "-i", recording, "--json"});
  const ToolRun refused =
      run_tool({"run", network, "-c", "loihi1", "-i", recording, "--weight-bits", "4"});

  ASSERT_EQ(run.code, 0) << run.err;
  const Json result = Json::parse(run.out);
  EXPECT_EQ(result["outputs"].size(), 3u);
  EXPECT_GT(result["chip_run"]["spikes"], 0);
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("NetX files hold integers"));
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
      {{"run", csv, "-c", "loihi1"}, 2, "is neither a network nor a program"},
      {{"run", net, "-i", csv, "--precision", "float", "-c", "loihi1"}, 2, "--chip needs a chip"},
      {{"run", net, "-i", csv, "--precision", "float", "--clip", "99"}, 2, "--clip needs a chip"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--clip", "49"}, 2, "50..100"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--activity", "x"}, 2, "0..100"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--force"}, 2, "no file to replace"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--answers", csv, "--force"}, 2, "the same file"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--program-out", "x.nir"}, 2, "name of a network"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--input-shape", "3"}, 2, "is not a shape"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--input-shape", "3x5"}, 2, "15 elements"},
      {{"run", net, "-c", "loihi1", "-i", example}, 2, "with --labels FILE the folder"},
      {{"run", net, "-c", "loihi1", "-i", csv, "--labels", example + "labels.txt"}, 2, "is a file"},
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
