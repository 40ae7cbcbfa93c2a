// The verbs that read and write files: ranc, import, inspect, validate.
#include <gmock/gmock.h>

#include <filesystem>

#include "arch/container.h"
#include "sim/views.h"
#include "tests/support/command_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using Words = std::vector<std::string>;

constexpr const char* relay_output =
    "\xEF\xBB\xBF"
    "0 0 0 \n0 1 0 \n0 0 0 \n0 1 0 \n";

TEST(CliRanc, TakesArgumentsByPlaceAndByName) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);

  const ToolRun by_place = run_tool({"ranc", files.input, folder.file("a"), files.config, "4"});
  const ToolRun by_name = run_tool(
      {"ranc", "-i", files.input, "-o", folder.file("b"), "-c", files.config, "--ticks", "4"});

  EXPECT_EQ(by_place.code, 0) << by_place.err;
  EXPECT_EQ(by_name.code, 0) << by_name.err;
  EXPECT_EQ(read_whole_file(folder.file("a")), relay_output);
  EXPECT_EQ(read_whole_file(folder.file("b")), relay_output);
}

TEST(CliRanc, TellsWhatHappened) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);

  const auto result = run_tool_json({"ranc", files.input, folder.file("out"), files.config, "4"});

  EXPECT_EQ(result.at("ticks"), 4);
  EXPECT_EQ(result.at("cores"), 2);
  EXPECT_EQ(result.at("spikes"), 2);
  EXPECT_EQ(result.at("output_spikes"), 2);
  EXPECT_EQ(result.at("output_file"), folder.file("out"));
}

TEST(CliRanc, MissingArgumentsAreNamed) {
  const ToolRun run = run_tool({"ranc", "input.json", "output.txt"});

  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("missing --config"));
}

TEST(CliRanc, TraceIsWrittenIfAndOnlyIfTheConfigAsksForIt) {
  const TempFolder folder;
  const RancFiles plain = write_ranc_files(folder);
  const std::string out = folder.file("out");
  const ToolRun unasked = run_tool({"ranc", plain.input, out, plain.config, "4", "-t", "trace"});
  EXPECT_EQ(unasked.code, 3);
  EXPECT_THAT(unasked.err, HasSubstr("asks for no trace"));

  const RancFiles traced = write_ranc_files(folder, 1);
  const ToolRun without = run_tool({"ranc", traced.input, out, traced.config, "4"});
  EXPECT_EQ(without.code, 3);
  EXPECT_THAT(without.err, HasSubstr("asks for a trace"));

  const ToolRun with =
      run_tool({"ranc", traced.input, out, traced.config, "4", "-t", folder.file("trace")});
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_EQ(read_whole_file(out), relay_output);
  EXPECT_THAT(read_whole_file(folder.file("trace")), HasSubstr("Neuron 0 integration"));
}

TEST(CliRanc, ReportFrequencyLogsTicks) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);

  const ToolRun run =
      run_tool({"ranc", files.input, folder.file("o"), files.config, "5", "-r", "2"});

  EXPECT_THAT(run.err,
              AllOf(HasSubstr("Tick 2 "), HasSubstr("Tick 4 "), testing::Not(HasSubstr("Tick 3"))));
}

TEST(CliRanc, ABadInputLeavesNoOutput) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);
  const std::string bad = folder.write("bad.json", "{\"cores\": 7}");

  const ToolRun run = run_tool({"ranc", bad, folder.file("out"), files.config, "4"});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("bad.json:1:"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("out")));
}

TEST(CliRanc, TakesTraceAndReportFrequencyByPlace) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder, 1);

  const ToolRun run = run_ok(
      {"ranc", files.input, folder.file("out"), files.config, "4", folder.file("trace"), "2"});

  EXPECT_THAT(run.err, AllOf(HasSubstr("Tick 2 "), testing::Not(HasSubstr("Tick 3"))));
  EXPECT_THAT(read_whole_file(folder.file("trace")), HasSubstr("Tick 4 begins"));
}

// A limit on the size of files stands for a full disk.
TEST(CliRanc, AFullDiskIsAResourceErrorAndLeavesNothing) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);
  const std::string command = std::string(SPIKEFAB_TOOL) + " ranc " + files.input + " " +
                              folder.file("out") + " " + files.config + " 5000";

  const ToolRun run = run_program({"bash", "-c", "trap '' XFSZ; ulimit -f 8; " + command});

  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, HasSubstr("cannot write " + folder.file("out")));
  EXPECT_EQ(names_in(folder.path()).size(), 2u);
}

TEST(CliImport, WritesProgramAndStimulusThatRunToTheSameResult) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);
  const std::string program = folder.file("relay.sfab");

  const auto result = run_tool_json({"import", files.input, "-c", files.config, "-o", program});

  EXPECT_EQ(result.at("programmed_cores"), 1);
  EXPECT_EQ(result.at("synapses"), 1);
  EXPECT_EQ(result.at("events"), 2);
  EXPECT_EQ(run_tool({"run", program, "-s", folder.file("relay.stimulus.sfab"), "-n", "4", "-o",
                      folder.file("out")})
                .code,
            0);
  EXPECT_EQ(read_whole_file(folder.file("out/outputs.txt")), relay_output);
}

TEST(CliImport, TakesAChipFileInsteadOfRancsConfig) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);
  const std::string chip = folder.write(
      "chip.yaml",
      "mesh: {width: 3, height: 2}\ncore: {crossbar: {axons: 4, neurons: 4, weights: 2}}\n");

  const auto result =
      run_tool_json({"import", files.input, "-c", chip, "-o", folder.file("net.sfab")});

  EXPECT_EQ(result.at("mesh_cores"), 6);
}

TEST(CliImport, RefusesAChipWithoutCrossbars) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);

  const ToolRun run =
      run_tool({"import", files.input, "-c", SPIKEFAB_SOURCE_DIR "/configs/chips/loihi1.yaml", "-o",
                folder.file("net.sfab")});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, testing::HasSubstr("chip 'loihi1' has synaptic memory (RANC's networks need "
                                          "crossbars"));
}

TEST(CliImport, NeverReplacesAFileUnlessForced) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);
  const std::vector<std::string> words = {"import",     files.input, "-c",
                                          files.config, "-o",        folder.file("n.sfab")};
  auto forced = words;
  forced.push_back("--force");

  EXPECT_EQ(run_tool(words).code, 0);
  const ToolRun again = run_tool(words);
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, HasSubstr("n.sfab exists"));
  EXPECT_EQ(run_tool(forced).code, 0);
}

// Else the stimulus of another network could stay beside it.
TEST(CliImport, WritesAStimulusThatIsEmpty) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);
  const std::string input = read_whole_file(files.input);
  const auto after_packets = input.find("\"output_bus\"");
  const auto silent =
      folder.write("silent.json", "{\"packets\": []," + input.substr(after_packets));
  const Words words = {"-c", files.config, "-o", folder.file("net.sfab"), "--force"};
  const auto import = [&](const std::string& path) {
    Words all = {"import", path};
    all.insert(all.end(), words.begin(), words.end());
    run_ok(all);
    return run_tool_json({"inspect", folder.file("net.stimulus.sfab")}).at("events");
  };

  EXPECT_EQ(import(files.input), 2);
  EXPECT_EQ(import(silent), 0);
}

TEST(CliInspect, ShowsEachKindOfFile) {
  const TempFolder folder;
  const RancFiles ranc = write_ranc_files(folder);
  const ProgramFiles files = write_program_files(folder);
  run_tool({"run", files.program, "-n", "5", "-o", folder.file("o"), "--checkpoint-every", "5"});

  EXPECT_EQ(run_tool_json({"inspect", files.program}).at("kind"), "program");
  EXPECT_EQ(run_tool_json({"inspect", files.stimulus}).at("events"), 2);
  EXPECT_EQ(run_tool_json({"inspect", folder.file("o/checkpoint-5.sfab")}).at("tick"), 5);
  EXPECT_EQ(run_tool_json({"inspect", folder.file("o/resolved.yaml")}).at("axons_per_core"), 4);
  EXPECT_EQ(run_tool_json({"inspect", ranc.config}).at("mesh_width"), 2);
  EXPECT_EQ(run_tool_json({"inspect", ranc.input, "-c", ranc.config}).at("neurons"), 1);
}

TEST(CliInspect, ListsCoresInARange) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  EXPECT_EQ(run_tool_json({"inspect", files.program}).at("cores").size(), 1u);
  EXPECT_EQ(run_tool_json({"inspect", files.program, "--cores", "1..5"}).at("cores").size(), 0u);
  EXPECT_THAT(run_tool({"inspect", files.program}).out, HasSubstr("to output bus"));
  const ToolRun outside = run_tool({"inspect", files.program, "--cores", "2..5"});
  EXPECT_EQ(outside.code, 2);
  EXPECT_THAT(outside.err, HasSubstr("none of the cores, which are 0..1"));
}

TEST(CliInspect, ARancInputNeedsItsConfig) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder);

  const ToolRun run = run_tool({"inspect", files.input});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("give it by --config FILE"));
}

TEST(CliValidate, SaysOkPerFile) {
  const TempFolder folder;
  const RancFiles ranc = write_ranc_files(folder);
  const ProgramFiles files = write_program_files(folder);

  const ToolRun run = run_tool(
      {"validate", files.program, files.stimulus, ranc.config, ranc.input, "-c", ranc.config});

  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  EXPECT_THAT(run.out, AllOf(HasSubstr("net.sfab: ok (program, 1 cores, 1 neurons)\n"),
                             HasSubstr("net.stimulus.sfab: ok (stimulus, "),
                             HasSubstr("config.json: ok (RANC config, "),
                             HasSubstr("input.json: ok (RANC input, ")));
}

// Writes a checkpoint of two replicas and says what validate thinks of it.
ToolRun validate_checkpoint(const TempFolder& folder, u64 waiting, u64 counts) {
  schema::FileHeader header;
  header.set_kind("checkpoint");
  header.mutable_checkpoint()->set_replicas(2);
  ContainerWriter writer(folder.file("checkpoint.sfab"), header);
  const std::vector<i32> neuron_state(6);
  const std::vector<u64> all_waiting(waiting);
  const std::vector<u64> output;
  const std::vector<u64> all_counts(counts);
  writer.add("neuron_state", neuron_state);
  writer.add("waiting", all_waiting);
  writer.add("output", output);
  writer.add("counts", all_counts);
  writer.finish();
  return run_tool({"validate", folder.file("checkpoint.sfab")});
}

TEST(CliValidate, ChecksThatTheArraysOfACheckpointFitItsReplicas) {
  const TempFolder folder;
  const u64 counts = 2 * sim::count_kinds;

  EXPECT_EQ(validate_checkpoint(folder, 4, counts).code, 0);
  EXPECT_THAT(validate_checkpoint(folder, 5, counts).err, HasSubstr("of 2 replicas"));
  EXPECT_THAT(validate_checkpoint(folder, 4, counts - 2).err, HasSubstr("of 2 replicas"));
}

TEST(CliValidate, ACheckpointHasFourArrays) {
  const TempFolder folder;
  schema::FileHeader header;
  header.set_kind("checkpoint");
  ContainerWriter(folder.file("checkpoint.sfab"), header).finish();

  EXPECT_EQ(run_tool({"validate", folder.file("checkpoint.sfab")}).code, 3);
}

TEST(CliValidate, TellsTheErrorsOfAllBadFiles) {
  const TempFolder folder;
  const std::string chip = folder.write("chip.yaml", "mesh: {width: 0, height: 2}\n");
  const std::string program = folder.write("net.sfab", "no container");
  const std::string good = folder.write("good.yaml", "mesh: {width: 1, height: 2}\n");

  const ToolRun run = run_tool({"validate", chip, program, good, folder.file("absent.sfab")});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("chip.yaml:1:"), HasSubstr("net.sfab"), HasSubstr("absent.sfab")));
  EXPECT_THAT(run.out, AllOf(HasSubstr("chip.yaml: bad"), HasSubstr("net.sfab: bad"),
                             HasSubstr("good.yaml: ok"), HasSubstr("absent.sfab: bad")));
}

}  // namespace
}  // namespace spikefab::test
