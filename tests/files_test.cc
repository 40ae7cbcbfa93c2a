// Files that are complete or absent, whatever their name leads to.
#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/error.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;

u64 files_in(const TempFolder& folder) {
  return static_cast<u64>(std::distance(fs::directory_iterator(folder.path()), {}));
}

TEST(AtomicFile, AppearsWhenItIsComplete) {
  const TempFolder folder;
  AtomicFile file(folder.file("out"));
  file.write("text");
  EXPECT_FALSE(fs::exists(folder.file("out")));

  file.commit();

  EXPECT_EQ(read_whole_file(folder.file("out")), "text");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(AtomicFile, LeavesNothingIfItIsNotCommitted) {
  const TempFolder folder;
  folder.write("out", "old");
  { AtomicFile(folder.file("out")).write("new"); }

  EXPECT_EQ(read_whole_file(folder.file("out")), "old");
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(AtomicFile, FollowsLinksAlsoThoseThatDangle) {
  const TempFolder folder;
  fs::create_directory(folder.file("sub"));
  fs::create_symlink("sub/target", folder.file("link"));

  AtomicFile file(folder.file("link"));
  file.write("text");
  file.commit();

  EXPECT_TRUE(fs::is_symlink(folder.file("link")));
  EXPECT_EQ(read_whole_file(folder.file("sub/target")), "text");
}

TEST(AtomicFile, WritesIntoAPipeDirectly) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo(folder.file("pipe").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = read_whole_file(folder.file("pipe")); });

  AtomicFile file(folder.file("pipe"));
  file.write("text");
  file.commit();
  reader.join();

  EXPECT_EQ(got, "text");
  EXPECT_TRUE(fs::is_fifo(folder.file("pipe")));
}

TEST(AtomicFile, RefusesFoldersAndEmptyNames) {
  const TempFolder folder;
  EXPECT_THROW(AtomicFile{folder.path()}, UsageError);
  EXPECT_THROW(AtomicFile{""}, UsageError);
  EXPECT_THROW(AtomicFile{"-"}, UsageError);
  EXPECT_THROW(AtomicFile{folder.file("no/such/folder")}, std::system_error);
}

TEST(Sha256, HasTheValuesOfFips180) {
  const TempFolder folder;
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256_of_text("abc"), abc);
  EXPECT_EQ(sha256_of_file(folder.write("abc", "abc")), abc);
}

}  // namespace
}  // namespace spikefab::test
