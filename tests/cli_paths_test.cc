// Paths on the command line that cannot be right are usage errors before anything is read.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/command_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliPaths : public testing::Test {
 protected:
  // The command fails, says why, and leaves all files as they were.
  void expect_refused(const std::vector<std::string>& words, const std::string& why) const {
    const auto before = names_in(folder_.path()).size();
    const ToolRun run = run_tool(words);
    EXPECT_EQ(run.code, 2) << run.err;
    EXPECT_THAT(run.err, AllOf(HasSubstr(why), Not(HasSubstr("engine:"))));
    EXPECT_EQ(names_in(folder_.path()).size(), before);
    EXPECT_EQ(read_whole_file(ranc_.input), input_);
  }

  std::vector<std::string> ranc(const std::string& output, const std::string& trace = "") const {
    std::vector<std::string> words = {"ranc", ranc_.input, output, ranc_.config, "4"};
    if (!trace.empty()) words.push_back(trace);
    return words;
  }

  const TempFolder folder_;
  const std::string program_ = write_program_files(folder_).program;
  const RancFiles ranc_ = write_ranc_files(folder_, 1);
  const std::string input_ = read_whole_file(ranc_.input);
};

TEST_F(CliPaths, AnOutputFileMustBeWritable) {
  expect_refused(ranc(""), "--output is empty");
  expect_refused(ranc(folder_.path()), "is a folder (name a file in it)");
  expect_refused(ranc(folder_.file("new/")), "is a folder (name a file in it)");
  expect_refused(ranc(folder_.file("no/out")), "there is no folder " + folder_.file("no"));
  expect_refused(ranc(folder_.file("out"), folder_.file("no/trace")), "--trace = ");
  expect_refused({"import", ranc_.input, "-c", ranc_.config, "-o", ""}, "--output is empty");
}

TEST_F(CliPaths, AnOutputFolderMustBeWritable) {
  expect_refused({"run", program_, "-o", ""}, "--output is empty");
  expect_refused({"run", program_, "-o", folder_.file("no/a/b")},
                 "there is no folder " + folder_.file("no/a"));
  expect_refused({"run", program_, "-o", program_}, "is not a folder");
}

TEST_F(CliPaths, AnOutputIsNoInputAndNoOtherOutput) {
  const std::string same = folder_.file("same");
  fs::create_symlink(folder_.path(), folder_.file("link"));

  expect_refused(ranc(same, folder_.file("link/same")), "--output and --trace are the same file");
  expect_refused(ranc(ranc_.input), "--input and --output are the same file");
  expect_refused(ranc(same, ranc_.config), "--config and --trace are the same file");
  expect_refused({"import", ranc_.input, "-c", ranc_.config, "-o", same, "--stimulus-out", same},
                 "--output and --stimulus-out are the same file");
  expect_refused({"import", ranc_.input, "-c", ranc_.config, "-o", ranc_.input, "--force"},
                 "INPUT and --output are the same file");
}

TEST_F(CliPaths, OutputsMayShareAPipe) {
  const std::string pipe = folder_.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDWR);

  EXPECT_EQ(run_tool(ranc(pipe, pipe)).code, 0);

  EXPECT_TRUE(fs::is_fifo(pipe));
  close(reader);
}

}  // namespace
}  // namespace spikefab::test
