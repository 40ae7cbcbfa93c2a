// Signals: what was done so far is kept, or nothing is left.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/command_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* forever = "1000000000000";  // ticks; until it is stopped

class CliRunStopped : public testing::TestWithParam<int> {};

// The first signal ends a run of unlimited length; what it left can be continued.
TEST_P(CliRunStopped, LeavesACheckpointAndSaysSo) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  RunningProgram tool = start_tool(
      {"run", files.program, "-s", files.stimulus, "-n", forever, "-o", folder.file("out")});
  tool.wait_for([&] { return !temporary_folder_in(folder.path()).empty(); });

  tool.send(GetParam());
  const ToolRun run = tool.wait();

  ASSERT_EQ(run.code, 128 + GetParam()) << run.err;
  EXPECT_THAT(run.out, HasSubstr("interrupted"));
  const json provenance = read_json(folder.file("out/run.json"));
  EXPECT_EQ(provenance.at("status"), "interrupted");
  const std::uint64_t tick = provenance.at("ticks");
  const std::string checkpoint = folder.file("out/checkpoint-" + std::to_string(tick) + ".sfab");
  EXPECT_THAT(run.err, HasSubstr("go on with --restore " + checkpoint));
  run_ok({"run", files.program, "-s", files.stimulus, "-n", std::to_string(tick + 1), "--restore",
          checkpoint});
}

INSTANTIATE_TEST_SUITE_P(Signals, CliRunStopped, testing::Values(SIGINT, SIGTERM),
                         [](const auto& test) { return test.param == SIGINT ? "int" : "term"; });

// A log into a full pipe holds the run before its first tick, where no multiple of N was saved.
TEST(CliRun, StoppedBeforeItsFirstTickLeavesACheckpoint) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  ASSERT_EQ(mkfifo(folder.file("pipe").c_str(), 0600), 0);
  const int pipe = open(folder.file("pipe").c_str(), O_RDWR | O_NONBLOCK);
  char byte = 0;
  while (write(pipe, &byte, 1) == 1) continue;
  RunningProgram tool = start_tool({"run", files.program, "-n", forever, "-o", folder.file("out"),
                                    "--checkpoint-every", "10", "--log-file", folder.file("pipe")});
  tool.wait_for_err("engine:");

  tool.send(SIGINT);
  while (read(pipe, &byte, 1) == 1) continue;
  const ToolRun run = tool.wait();
  close(pipe);

  EXPECT_EQ(run.code, 130);
  EXPECT_EQ(read_json(folder.file("out/run.json")).at("ticks"), 0);
  EXPECT_TRUE(fs::exists(folder.file("out/checkpoint-0.sfab")));
}

TEST(CliRun, InputsThatGoWhileItRunsDoNotMatter) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  RunningProgram tool = start_tool(
      {"run", files.program, "-s", files.stimulus, "-n", forever, "-o", folder.file("out")});
  tool.wait_for_err("engine:");
  fs::remove(files.program);
  fs::remove(files.stimulus);

  tool.send(SIGINT);
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 130) << run.err;
  const json inputs = read_json(folder.file("out/run.json")).at("inputs");
  EXPECT_EQ(inputs.at(1).at("sha256").get<std::string>().size(), 64u);
}

TEST(CliRun, ProgressAsJsonIsALineEach) {
  const TempFolder folder;
  const ProgramFiles files = write_vmm_files(folder);
  RunningProgram tool = start_tool(
      {"run", files.program, "-s", files.stimulus, "-n", forever, "--progress=json", "-q"});
  tool.wait_for_err("\n");
  tool.send(SIGINT);

  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 130);
  const json line = json::parse(run.err.substr(0, run.err.find('\n')));
  EXPECT_GT(line.at("progress").at("done"), 0);
}

TEST(CliRanc, ATracedRunThatIsStoppedLeavesNothing) {
  const TempFolder folder;
  const RancFiles files = write_ranc_files(folder, 1);
  const auto before = names_in(folder.path()).size();
  RunningProgram tool = start_tool(
      {"ranc", files.input, folder.file("out"), files.config, forever, folder.file("trace")});
  tool.wait_for([&] { return names_in(folder.path()).size() == before + 2; });

  tool.send(SIGINT);
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 130) << run.err;
  EXPECT_EQ(names_in(folder.path()).size(), before);
}

}  // namespace
}  // namespace spikefab::test
