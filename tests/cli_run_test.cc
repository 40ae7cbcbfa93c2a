// spikefab run: the output folder, recordings, checkpoints, stops.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

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

json read_json(const std::string& path) { return json::parse(read_whole_file(path)); }

Words names_in(const std::string& folder) {
  Words names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

// Runs and expects success.
ToolRun run_ok(const Words& words) {
  ToolRun run = run_tool(words);
  EXPECT_EQ(run.code, 0) << run.err;
  return run;
}

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
  EXPECT_THAT(read_whole_file(folder.file("out/log.txt")), HasSubstr("info: engine: serial"));
  EXPECT_EQ(run_tool({"validate", folder.file("out/resolved.yaml")}).code, 0);
}

TEST(CliRun, RunJsonNamesToolInputsAndResult) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  run_ok({"run", files.program, "-s", files.stimulus, "-o", folder.file("out")});

  const json run = read_json(folder.file("out/run.json"));
  EXPECT_EQ(run.at("schema_version"), 1);
  EXPECT_EQ(run.at("status"), "finished");
  EXPECT_EQ(run.at("engine"), "serial");
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

TEST(CliRun, NeverReplacesAFolderThatIsNotItsOwn) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const Words words = {"run", files.program, "-o", folder.file("out")};
  Words forced = words;
  forced.push_back("--force");
  fs::create_directory(folder.file("out"));
  run_ok(words);  // empty is as good as absent

  const ToolRun again = run_tool(words);
  EXPECT_EQ(again.code, 2);
  EXPECT_THAT(again.err, HasSubstr("exists and is not empty"));
  run_ok(forced);

  fs::remove(folder.file("out/run.json"));
  const ToolRun foreign = run_tool(forced);
  EXPECT_EQ(foreign.code, 2);
  EXPECT_THAT(foreign.err, HasSubstr("holds no run.json"));
}

TEST(CliRun, AFailedRunLeavesNothing) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);
  const auto before = names_in(folder.path()).size();

  const ToolRun run =
      run_tool({"run", files.program, "-s", files.program, "-o", folder.file("out")});

  EXPECT_EQ(run.code, 3);
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
  EXPECT_EQ(read_json(folder.file("rest/stats.json")).at("per_replica").at(0).at("state_digest"),
            read_json(folder.file("whole/stats.json")).at("per_replica").at(0).at("state_digest"));
  EXPECT_EQ(read_json(folder.file("rest/run.json")).at("first_tick"), 7);
}

TEST(CliRun, RestoreBeyondTheEndOrOfAnotherProgramIsRefused) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  const ProgramFiles other = write_program_files(folder);
  run_ok({"run", files.program, "-n", "8", "-o", folder.file("out"), "--checkpoint-every", "8"});
  const std::string checkpoint = folder.file("out/checkpoint-8.sfab");

  const ToolRun at_end = run_tool({"run", files.program, "-n", "8", "--restore", checkpoint});
  EXPECT_EQ(at_end.code, 3);
  EXPECT_THAT(at_end.err, HasSubstr("leaves nothing to run"));
  EXPECT_EQ(run_tool({"run", other.program, "--restore", checkpoint}).code, 3);
  EXPECT_EQ(run_tool({"run", files.program, "-s", files.stimulus, "-s", files.stimulus, "--restore",
                      checkpoint})
                .code,
            3);
}

TEST(CliRun, NoSpikesAreAWarning) {
  const TempFolder folder;
  const ProgramFiles files = write_program_files(folder);

  EXPECT_THAT(run_ok({"run", files.program}).err, HasSubstr("warning: 0 spikes"));
  EXPECT_THAT(run_ok({"run", files.program, "-s", files.stimulus, "-n", "1"}).err,
              HasSubstr("warning: 0 output spikes"));
}

class CliRunStopped : public testing::TestWithParam<int> {};

// The first signal ends a run of unlimited length; what it left can be continued.
TEST_P(CliRunStopped, LeavesACheckpointAndSaysSo) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  RunningProgram tool = start_tool({"run", files.program, "-s", files.stimulus, "-n",
                                    "1000000000000", "-o", folder.file("out")});
  while (tool.running() && !fs::exists(folder.file("out"))) {
    bool started = false;
    for (const std::string& name : names_in(folder.path())) {
      started = started || name.starts_with("out.tmp-");
    }
    if (started) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  tool.send(GetParam());
  const ToolRun run = tool.wait();

  ASSERT_EQ(run.code, 128 + GetParam()) << run.err;
  EXPECT_THAT(run.out, HasSubstr("interrupted"));
  const json provenance = read_json(folder.file("out/run.json"));
  EXPECT_EQ(provenance.at("status"), "interrupted");
  const std::uint64_t tick = provenance.at("ticks");
  const std::string checkpoint = folder.file("out/checkpoint-" + std::to_string(tick) + ".sfab");
  run_ok({"run", files.program, "-s", files.stimulus, "-n", std::to_string(tick + 1), "--restore",
          checkpoint});
}

INSTANTIATE_TEST_SUITE_P(Signals, CliRunStopped, testing::Values(SIGINT, SIGTERM),
                         [](const auto& test) { return test.param == SIGINT ? "int" : "term"; });

TEST(CliRun, ProgressAsJsonIsALineEach) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  RunningProgram tool = start_tool(
      {"run", files.program, "-s", files.stimulus, "-n", "1000000000000", "--progress=json", "-q"});
  while (tool.running() && tool.err_so_far().find('\n') == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  tool.send(SIGINT);

  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 130);
  const json line = json::parse(run.err.substr(0, run.err.find('\n')));
  EXPECT_GT(line.at("progress").at("done"), 0);
}

}  // namespace
}  // namespace spikefab::test
