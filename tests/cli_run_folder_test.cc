// spikefab run -o: no folder is replaced but that of another run, and no result is lost.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>

#include "tests/support/command_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr const char* forever = "1000000000000";  // ticks; until it is stopped

class CliRunFolder : public testing::Test {
 protected:
  Words words(const Words& more = {}) const {
    Words all = {"run", files_.program, "-o", out()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string out() const { return folder_.file("out"); }

  void expect_refused(const Words& words, const std::string& why) const {
    const ToolRun run = run_tool(words);
    EXPECT_EQ(run.code, 2);
    EXPECT_THAT(run.err, HasSubstr(why));
  }

  const TempFolder folder_;
  const ProgramFiles files_ = write_program_files(folder_);
};

TEST_F(CliRunFolder, MayBeEmpty) {
  fs::create_directory(out());

  run_ok(words());

  EXPECT_TRUE(fs::exists(out() + "/run.json"));
}

TEST_F(CliRunFolder, OfAnotherRunIsReplacedIfForced) {
  run_ok(words({"-n", "3", "--checkpoint-every", "1"}));

  expect_refused(words(), "exists and is not empty");
  run_ok(words({"-n", "4", "--force"}));

  EXPECT_EQ(read_json(out() + "/run.json").at("ticks"), 4);
  EXPECT_FALSE(fs::exists(out() + "/checkpoint-1.sfab"));
  EXPECT_EQ(temporary_folder_in(folder_.path()), "");
}

TEST_F(CliRunFolder, ThatIsNoRunsOutputIsNeverReplaced) {
  fs::create_directory(out());
  const Words forced = words({"--force"});

  folder_.write("out/thesis.txt", "");
  expect_refused(forced, "holds no readable run.json");
  folder_.write("out/run.json", "{}");
  expect_refused(forced, "holds no readable run.json");
  folder_.write("out/run.json", R"({"schema_version": 1, "tool": {"name": "other"}, "files": []})");
  expect_refused(forced, "holds a run.json of another tool or version");
}

TEST_F(CliRunFolder, WithAFileThatNoRunWroteIsNeverReplaced) {
  run_ok(words());
  folder_.write("out/notes.txt", "");

  expect_refused(words({"--force"}), "holds notes.txt, which its run.json does not list");
}

TEST_F(CliRunFolder, WithAnInputIsNeverReplaced) {
  run_ok(words({"-n", "3", "--checkpoint-every", "1"}));

  expect_refused(words({"--force", "--restore", out() + "/checkpoint-1.sfab"}),
                 "checkpoint-1.sfab is an input and lies in");
}

// The results of a run are where its error says, with the checkpoint of the interruption.
void expect_kept(const ToolRun& run, const std::string& temporary) {
  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, AllOf(HasSubstr("exists and is not empty"),
                             HasSubstr("the complete result is in " + temporary)));
  EXPECT_EQ(read_json(temporary + "/run.json").at("status"), "interrupted");
}

TEST_F(CliRunFolder, ThatAppearsDuringTheRunIsLeftAloneAndTheResultIsKept) {
  RunningProgram tool = start_tool(words({"-n", forever}));
  tool.wait_for_err("engine:");
  const std::string temporary = temporary_folder_in(folder_.path());
  fs::create_directory(out());
  folder_.write("out/thesis.txt", "text");

  tool.send(SIGINT);

  expect_kept(tool.wait(), temporary);
  EXPECT_EQ(read_whole_file(out() + "/thesis.txt"), "text");
}

TEST_F(CliRunFolder, OfTwoRunsIsThatOfTheFirstToEnd) {
  RunningProgram second = start_tool(words({"-n", forever}));
  second.wait_for_err("engine:");
  const std::string temporary = temporary_folder_in(folder_.path());
  run_ok(words());
  const std::string first = read_whole_file(out() + "/run.json");

  second.send(SIGINT);

  expect_kept(second.wait(), temporary);
  EXPECT_EQ(read_whole_file(out() + "/run.json"), first);
}

TEST_F(CliRunFolder, IsCheckedAgainAtTheEndOfAForcedRun) {
  RunningProgram tool = start_tool(words({"-n", forever, "--force"}));
  tool.wait_for_err("engine:");
  fs::create_directory(out());
  folder_.write("out/thesis.txt", "text");

  tool.send(SIGINT);
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.err, HasSubstr("the complete result is in "));
  EXPECT_EQ(read_whole_file(out() + "/thesis.txt"), "text");
}

}  // namespace
}  // namespace spikefab::test
