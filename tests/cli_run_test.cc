// spikefab run: the output folder, recordings, checkpoints, stops.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/support/command_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;
using Words = std::vector<std::string>;

TEST(CliRun, WithoutAFolderOnlyTellsWhatHappened) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const auto before = names_in(folder.path()).size();

  const json result = run_tool_json({"run", files.program, "-s", files.stimulus});

  EXPECT_EQ(result.at("ticks"), 3 + 16);  // of the stimulus, and slots
  EXPECT_EQ(result.at("spikes"), 2);
  EXPECT_EQ(result.at("output_spikes"), 2);
  EXPECT_EQ(result.at("status"), "finished");
  EXPECT_EQ(names_in(folder.path()).size(), before);
}

TEST(CliRun, FolderHoldsWhatWasRecordedAndProvenance) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  run_ok({"run", files.program, "-s", files.stimulus, "-n", "4", "-o", folder.file("out"),
          "--record", "outputs,spikes,potentials,digests"});

  EXPECT_THAT(names_in(folder.file("out")),
              UnorderedElementsAre("outputs.txt", "spikes.csv", "potentials.csv", "digests.txt",
                                   "resolved.yaml", "stats.json", "log.txt", "run.json"));
  EXPECT_EQ(read_whole_file(folder.file("out/outputs.txt")),
            "\xEF\xBB\xBF"
            "0 0 0 \n0 1 0 \n0 0 0 \n0 1 0 \n");
  EXPECT_EQ(read_whole_file(folder.file("out/spikes.csv")),
            "tick,replica,core,neuron\n0,0,0,0\n2,0,0,0\n");
  EXPECT_THAT(read_whole_file(folder.file("out/potentials.csv")),
              HasSubstr("tick,replica,core,neuron,potential\n0,0,0,0,0\n"));
  EXPECT_THAT(read_whole_file(folder.file("out/digests.txt")), HasSubstr("\n3 0 "));
  EXPECT_THAT(read_whole_file(folder.file("out/log.txt")), HasSubstr("info: engine: "));
  EXPECT_EQ(run_tool({"validate", folder.file("out/resolved.yaml")}).code, 0);
}

TEST(CliRun, LogFileTellsTheEngineOnce) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  run_ok({"run", files.program, "-o", folder.file("out")});

  const std::string log = read_whole_file(folder.file("out/log.txt"));
  EXPECT_NE(log.find("engine:"), std::string::npos);
  EXPECT_EQ(log.find("engine:"), log.rfind("engine:"));
}

TEST(CliRun, RunJsonNamesToolInputsAndResult) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  run_ok({"run", files.program, "-s", files.stimulus, "-o", folder.file("out")});

  const json run = read_json(folder.file("out/run.json"));
  EXPECT_EQ(run.at("schema_version"), 1);
  EXPECT_EQ(run.at("status"), "finished");
  EXPECT_EQ(run.at("engine"), "cpu");
  EXPECT_EQ(run.at("inputs").at(0).at("path"), files.program);
  EXPECT_EQ(run.at("inputs").at(1).at("sha256").get<std::string>().size(), 64u);
  EXPECT_EQ(run.at("command_line").at(0), "run");
  EXPECT_EQ(run.at("result_digest").get<std::string>().size(), 64u);
  for (const char* key : {"tool", "resolved_config_sha256", "working_folder", "host", "start_utc",
                          "end_utc", "run_seconds", "peak_memory_bytes"}) {
    EXPECT_TRUE(run.contains(key)) << key;
  }
  EXPECT_EQ(read_json(folder.file("out/stats.json")).at("totals").at("spikes"), 2);
}

TEST(CliRun, SeveralStimuliAreABatchOfReplicas) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  run_ok({"run", files.program, "-s", files.stimulus, "-s", files.stimulus, "-n", "2", "-o",
          folder.file("out")});

  const json stats = read_json(folder.file("out/stats.json"));
  EXPECT_EQ(stats.at("replicas"), 2);
  EXPECT_EQ(stats.at("per_replica").at(0), stats.at("per_replica").at(1));
  EXPECT_EQ(read_whole_file(folder.file("out/outputs.txt")),
            "0: 0 0 0\n1: 0 0 0\n0: 0 1 0\n1: 0 1 0\n");
}

TEST(CliRun, CoresAndWindowSelectWhatIsRecorded) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const Words words = {"run", files.program, "-s", files.stimulus, "--record", "spikes"};
  const auto record = [&](const std::string& name, const Words& selection) {
    Words all = words;
    all.insert(all.end(), {"-o", folder.file(name)});
    all.insert(all.end(), selection.begin(), selection.end());
    run_ok(all);
    return read_whole_file(folder.file(name + "/spikes.csv"));
  };

  EXPECT_EQ(record("window", {"--window", "1..5"}), "tick,replica,core,neuron\n2,0,0,0\n");
  EXPECT_EQ(record("cores", {"--cores", "1..99"}), "tick,replica,core,neuron\n");
}

TEST(CliRun, ASelectionOfNothingIsAUsageError) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const auto select = [&](const std::string& option, const std::string& range) {
    const ToolRun run = run_tool({"run", files.program, "-n", "5", "-o", folder.file("out"),
                                  "--record", "spikes", option, range});
    EXPECT_EQ(run.code, 2);
    EXPECT_FALSE(fs::exists(folder.file("out")));
    return run.err;
  };

  EXPECT_THAT(select("--cores", "2..9"), HasSubstr("none of the cores, which are 0..1"));
  EXPECT_THAT(select("--window", "5"), HasSubstr("none of the ticks of the run, which are 0..4"));
}

// A checkpoint is read when the output folder is there already.
TEST(CliRun, AFailedRunLeavesNothing) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const auto before = names_in(folder.path()).size();

  const ToolRun run =
      run_tool({"run", files.program, "--restore", files.program, "-o", folder.file("out")});

  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("engine: "));
  EXPECT_EQ(names_in(folder.path()).size(), before);
}

// A limit on the size of files stands for a full disk.
TEST(CliRun, AFullDiskIsAResourceErrorAndLeavesNothing) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  const auto before = names_in(folder.path()).size();
  const std::string command = std::string(SPIKEFAB_TOOL) + " run " + files.program + " -o " +
                              folder.file("out") + " -n 500 --record potentials";

  const ToolRun run = run_program({"bash", "-c", "trap '' XFSZ; ulimit -f 8; " + command});

  EXPECT_EQ(run.code, 5) << run.err;
  EXPECT_THAT(run.err, HasSubstr("potentials.csv"));
  EXPECT_EQ(names_in(folder.path()).size(), before);
}

TEST(CliRun, ReproducibleRunsAreEqualByteForByte) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  for (const char* name : {"a", "b"}) {
    run_ok({"run", files.program, "-s", files.stimulus, "-o", folder.file(name), "--reproducible",
            "--record", "outputs,spikes,digests", "--checkpoint-every", "10"});
  }

  const ToolRun diff = run_program({"diff", "-r", folder.file("a"), folder.file("b")});

  EXPECT_EQ(diff.code, 0) << diff.out;
  EXPECT_THAT(names_in(folder.file("a")), testing::Contains("checkpoint-20.sfab"));
  EXPECT_THAT(read_whole_file(folder.file("a/run.json")), Not(HasSubstr(folder.path())));
}

TEST(CliRun, SourceDateEpochGivesTheTimes) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  RunningProgram({SPIKEFAB_TOOL, "run", files.program, "-o", folder.file("out")},
                 {"SOURCE_DATE_EPOCH=86400"})
      .wait();

  EXPECT_EQ(read_json(folder.file("out/run.json")).at("end_utc"), "1970-01-02T00:00:00Z");
}

TEST(CliRun, RestoreGoesOnToTheSameDigests) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  const Words words = {"run", files.program, "-s",       files.stimulus,
                       "-n",  "30",          "--record", "digests"};
  const auto run_into = [&](const std::string& name, const Words& more) {
    Words all = words;
    all.insert(all.end(), {"-o", folder.file(name)});
    all.insert(all.end(), more.begin(), more.end());
    run_ok(all);
    return read_whole_file(folder.file(name + "/digests.txt"));
  };

  const std::string whole = run_into("whole", {"--checkpoint-every", "7"});
  const std::string rest = run_into("rest", {"--restore", folder.file("whole/checkpoint-7.sfab")});

  EXPECT_EQ(rest, whole.substr(whole.find("7 0 ")));
  EXPECT_EQ(read_json(folder.file("rest/stats.json")), read_json(folder.file("whole/stats.json")));
  EXPECT_EQ(read_json(folder.file("rest/run.json")).at("first_tick"), 7);
}

TEST(CliRun, RestoreBeyondTheEndOrOfAnotherNetworkIsRefused) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  const ProgramFiles other = write_program_files(folder);
  run_ok({"run", files.program, "-n", "8", "-o", folder.file("out"), "--checkpoint-every", "8"});
  const std::string checkpoint = folder.file("out/checkpoint-8.sfab");

  const ToolRun at_end = run_tool({"run", files.program, "-n", "8", "--restore", checkpoint});
  EXPECT_EQ(at_end.code, 3);
  EXPECT_THAT(at_end.err, HasSubstr("leaves nothing to run"));
  EXPECT_EQ(run_tool({"run", other.program, "--restore", checkpoint}).code, 3);
  const ToolRun stimulated =
      run_tool({"run", files.program, "-s", files.stimulus, "--restore", checkpoint});
  EXPECT_EQ(stimulated.code, 3);
  EXPECT_THAT(stimulated.err, HasSubstr("another stimulus"));
}

TEST(CliRun, NoSpikesAreAWarning) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  EXPECT_THAT(run_ok({"run", files.program}).err, HasSubstr("warning: 0 spikes"));
  EXPECT_THAT(run_ok({"run", files.program, "-s", files.stimulus, "-n", "1"}).err,
              HasSubstr("warning: 0 output spikes"));
}

TEST(CliRun, OutputSpikesBeforeACheckpointCount) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const Words words = {"run", files.program, "-s", files.stimulus};
  Words first = words;
  first.insert(first.end(), {"-n", "4", "-o", folder.file("out"), "--checkpoint-every", "4"});
  Words rest = words;
  rest.insert(rest.end(), {"-n", "9", "--restore", folder.file("out/checkpoint-4.sfab")});
  run_ok(first);

  const ToolRun run = run_ok(rest);

  EXPECT_THAT(run.err, Not(HasSubstr("0 output spikes")));
  EXPECT_THAT(run.out, HasSubstr("output spikes     2\n"));
}

}  // namespace
}  // namespace spikefab::test
