// `spikefab map`, as users call it, with the network in configs/examples/quadrants.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_tool.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

const std::string network = SPIKEFAB_SOURCE_DIR "/configs/examples/quadrants/quadrants.nir";

TEST(CliMap, ItsFilesGivenBackMakeTheSameProgram) {
  const TempFolder folder;
  const std::vector<std::string> words = {"map", network, "-c", "loihi1", "--neurons-per-core",
                                          "20"};
  auto first = words;
  first.insert(first.end(), {"-p", "random", "-P", "random+anneal", "--seed", "7", "-o",
                             folder.file("a.sfab"), "--mapping", folder.file("a")});
  auto second = words;
  second.insert(second.end(), {"-p", "file:" + folder.file("a.part"), "-P",
                               "file:" + folder.file("a.place"), "-o", folder.file("b.sfab")});

  const ToolRun mapped = run_tool(first);
  const ToolRun again = run_tool(second);

  ASSERT_EQ(mapped.code, 0) << mapped.err;
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read_whole_file(folder.file("a.sfab")), read_whole_file(folder.file("b.sfab")));
  EXPECT_THAT(mapped.out, HasSubstr("are tenths of 20 neurons"));
}

TEST(CliMap, TellsWhatTheChipHasNoRoomFor) {
  const TempFolder folder;
  const ToolRun run = run_tool(
      {"map", network, "-c", "loihi1", "--neurons-per-core", "1", "-o", folder.file("net.sfab")});

  EXPECT_EQ(run.code, 4);
  EXPECT_THAT(run.err, HasSubstr("needs 260 cores ('fire' 256, 'decide' 4); chip 'loihi1' has 127 "
                                 "(a mesh of 16 x 8, less 1 for the output bus)"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("net.sfab")));
}

TEST(CliMap, TellsWhatIsWrongWithItsOptions) {
  const TempFolder folder;
  const std::string part = folder.write("x.part", "0\n0\nzero\n");
  struct Mistake {
    std::vector<std::string> words;
    int code;
    std::string message;
  };
  const std::vector<Mistake> mistakes = {
      {{}, 2, "missing --chip CHIP"},
      {{"-c", "loihi1", "-p", "til"}, 2, "no partitioner 'til'"},
      {{"-c", "loihi1", "-P", "anneal"}, 2, "placer anneal improves on what another found"},
      {{"-c", "loihi1", "-p", "file:" + part}, 3, "x.part:3"},
      {{"-c", "loihi1", "-o", network, "--force"}, 2, "the same file"},
  };
  for (const Mistake& mistake : mistakes) {
    std::vector<std::string> words = {"map", network};
    words.insert(words.end(), mistake.words.begin(), mistake.words.end());

    const ToolRun run = run_tool(words);

    EXPECT_EQ(run.code, mistake.code) << run.err;
    EXPECT_THAT(run.err, HasSubstr(mistake.message));
  }
}

}  // namespace
}  // namespace spikefab::test
