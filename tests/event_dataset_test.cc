// Folders of recordings with a label file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "mapper/events/recording.h"
#include "tests/support/event_writers.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;

class EventDataset : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder()); }
  std::string folder() const { return files_.path() + "/recordings"; }

  void add(const std::string& name, u16 x) const {
    files_.write("recordings/" + name, nmnist_file({{1, x, 0, 1}}));
  }
  std::string labels(const std::string& text) const { return files_.write("labels.txt", text); }

  std::string problem(const std::string& text) const {
    try {
      load_event_dataset(folder(), labels(text));
    } catch (const InputError& error) {
      std::string message = error.what();
      const std::string prefix = files_.path() + "/";
      for (u64 at; (at = message.find(prefix)) != message.npos;) message.erase(at, prefix.size());
      return message;
    }
    return "";
  }

  const TempFolder files_{memory_folder()};
};

TEST_F(EventDataset, IsInTheOrderOfItsLabels) {
  add("7.bs2", 7);
  add("10.bin", 10);
  add("8.bin", 8);  // has no label
  files_.write("recordings/9.csv", "t,x,y,p\n1,9,0,1\n");

  const auto recordings =
      load_event_dataset(folder(), labels("#sample #class\r\n10\t3\r\n7\t0\r\n\r\n9 65535\r\n"));

  ASSERT_EQ(recordings.size(), 3u);
  EXPECT_EQ(recordings[0].recording.name, "10");
  EXPECT_EQ(recordings[0].recording.events.at(0).x, 10);
  EXPECT_EQ(recordings[0].label, 3u);
  EXPECT_EQ(recordings[1].recording.events.at(0).x, 7);
  EXPECT_EQ(recordings[1].label, 0u);
  EXPECT_EQ(recordings[2].recording.events.at(0).x, 9);
  EXPECT_EQ(recordings[2].label, 65535u);
}

TEST_F(EventDataset, AllProblemsAreReported) {
  add("1.bs2", 0);
  add("2.bs2", 0);
  add("2.bin", 0);

  const std::string text = problem("1\t5\n1\t6\n2\t3\n3\t1\n4\n5\t-1\n6\t65536\n");

  EXPECT_THAT(text, HasSubstr("labels.txt:2: index 1 is there twice\n"));
  EXPECT_THAT(text, HasSubstr("labels.txt:3: several recordings for index 2 (recordings/2.b"));
  EXPECT_THAT(text, HasSubstr("labels.txt:4: no recording '3' in recordings (its name must end as "
                              "docs/events.md says, such as 3.bin)"));
  EXPECT_THAT(text, HasSubstr("labels.txt:5: '4' (must be an index, a tabulator, and a class of "
                              "0..65535)\n"));
  EXPECT_THAT(text, HasSubstr("labels.txt:6: '5\\x09-1' (must be"));
  EXPECT_THAT(text, HasSubstr("labels.txt:7: '6\\x0965536' (must be"));
}

TEST_F(EventDataset, OnlyTheFirstLinesCountIfThatIsAskedFor) {
  files_.write("recordings/2.csv", "t,x,y,p\n1,0,0,1\n");
  const std::string text = "2\t6\n3\t1\nnonsense\n";

  EXPECT_EQ(find_event_dataset(folder(), labels(text), {.most = 1}).size(), 1u);
  EXPECT_THROW(find_event_dataset(folder(), labels(text), {.most = 2}), InputError);
}

TEST_F(EventDataset, MissingRecordingsCanBeLeftOut) {
  add("1.bs2", 0);

  const auto files = find_event_dataset(folder(), labels("1\t5\n2\t6\n"),
                                        {.missing = MissingRecordings::are_left_out});

  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].path, folder() + "/1.bs2");
  EXPECT_EQ(files[0].label, 5u);
}

TEST_F(EventDataset, WithoutAnyRecordingIsAnError) {
  EXPECT_THROW(
      find_event_dataset(folder(), labels("1\t5\n"), {.missing = MissingRecordings::are_left_out}),
      InputError);
  EXPECT_THAT(problem(""), HasSubstr("labels.txt: names no recording that is in recordings"));
}

TEST_F(EventDataset, IndicesCannotLeaveTheFolder) {
  add("1.bs2", 0);
  files_.write("2.bs2", "");

  EXPECT_THAT(problem("../2\t1\n"), HasSubstr("labels.txt:1: no recording '../2' in recordings"));
}

TEST_F(EventDataset, FoldersThatAreNoneAreNamed) {
  try {
    find_event_dataset(files_.path() + "/no", labels("1\t5\n"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/no: cannot be listed: No such file"));
  }
}

TEST_F(EventDataset, DamagedRecordingsAreNamed) {
  files_.write("recordings/1.bs2", "abc");

  EXPECT_THAT(problem("1\t5\n"), HasSubstr("recordings/1.bs2: byte 0: the file ends within"));
}

}  // namespace
}  // namespace spikefab::test
