// Which MNIST files are taken for how many images.
#include "cli/mnist_data.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>

#include "base/error.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using cli::find_mnist;

// Environment variables for one test, all others of these unset; as they were afterwards.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& values) {
    for (const char* name :
         {"SPIKEFAB_MNIST", "SPIKEFAB_DATA", "XDG_CACHE_HOME", "HOME", "SPIKEFAB_SHARE"}) {
      const char* old = std::getenv(name);
      old_[name] = old == nullptr ? std::nullopt : std::optional<std::string>(old);
      unsetenv(name);
    }
    for (const auto& [name, value] : values) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : old_) {
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> old_;
};

// A test set of 258 images of one pixel, uncompressed.
void write_test_set(const std::string& folder) {
  fs::create_directories(folder);
  const std::string count("\0\0\1\2", 4);
  const std::string one("\0\0\0\1", 4);
  std::ofstream(folder + "/t10k-images-idx3-ubyte", std::ios::binary)
      << std::string("\0\0\10\3", 4) << count << one << one << std::string(258, 'p');
  std::ofstream(folder + "/t10k-labels-idx1-ubyte", std::ios::binary)
      << std::string("\0\0\10\1", 4) << count << std::string(258, '\1');
}

std::string error_of(u32 images, const std::string& folder) {
  try {
    find_mnist(images, folder);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(FindMnist, TakesTheImagesThatAreBuiltInIfTheyAreEnough) {
  const TempFolder folder;
  write_test_set(folder.path());
  const Environment environment({{"SPIKEFAB_DATA", folder.path()}});

  const cli::MnistFiles files = find_mnist(1000, "");

  EXPECT_EQ(files.source, "built in");
  EXPECT_EQ(files.most, 1000u);
  EXPECT_TRUE(fs::is_regular_file(files.images) && fs::is_regular_file(files.labels));
}

TEST(FindMnist, TakesAFolderThatIsNamedForAnyNumber) {
  const TempFolder folder;
  write_test_set(folder.path());

  for (const bool by_variable : {false, true}) {
    const Environment environment({{"SPIKEFAB_MNIST", by_variable ? folder.path() : ""}});
    for (const u32 images : {1u, 1001u}) {
      const cli::MnistFiles files = find_mnist(images, by_variable ? "" : folder.path());

      EXPECT_EQ(files.source, folder.path());
      EXPECT_EQ(files.most, 258u);
      EXPECT_EQ(files.images, folder.file("t10k-images-idx3-ubyte"));
      EXPECT_EQ(files.labels, folder.file("t10k-labels-idx1-ubyte"));
    }
  }
}

TEST(FindMnist, PrefersCompressedFiles) {
  const TempFolder folder;
  write_test_set(folder.path());
  fs::copy(folder.file("t10k-images-idx3-ubyte"), folder.file("t10k-images-idx3-ubyte.gz"));
  const Environment environment({});

  EXPECT_EQ(find_mnist(1, folder.path()).images, folder.file("t10k-images-idx3-ubyte.gz"));
}

TEST(FindMnist, LooksInTheFoldersOfTheEnvironmentInOrder) {
  const TempFolder folder;
  const Environment environment(
      {{"SPIKEFAB_DATA", folder.file("data")}, {"XDG_CACHE_HOME", folder.file("cache")}});
  for (const char* place : {"cache/spikefab/mnist", "data/mnist"}) {
    write_test_set(folder.file(place));
    EXPECT_EQ(find_mnist(1001, "").source, folder.file(place));
  }
}

TEST(FindMnist, LooksInTheUsualCache) {
  const TempFolder folder;
  const Environment environment({{"HOME", folder.path()}});
  write_test_set(folder.file(".cache/spikefab/mnist"));
  EXPECT_EQ(find_mnist(1001, "").source, folder.file(".cache/spikefab/mnist"));
}

TEST(FindMnist, PassesOverAFolderThatLacksAFile) {
  const TempFolder folder;
  const Environment environment(
      {{"SPIKEFAB_DATA", folder.file("data")}, {"XDG_CACHE_HOME", folder.file("cache")}});
  write_test_set(folder.file("data/mnist"));
  write_test_set(folder.file("cache/spikefab/mnist"));
  fs::remove(folder.file("data/mnist/t10k-labels-idx1-ubyte"));
  EXPECT_EQ(find_mnist(1001, "").source, folder.file("cache/spikefab/mnist"));
}

TEST(FindMnist, SaysHowToGetWhatIsMissing) {
  const TempFolder folder;
  const std::string hint =
      " (run scripts/get_mnist.sh and set SPIKEFAB_MNIST to the folder that it prints; up to 1000 "
      "images are built in)";
  const std::string missing = "MNIST's test set of 10000 images is not here; looked in ";
  {
    const Environment environment({{"SPIKEFAB_DATA", folder.file("data")}, {"HOME", "/no"}});
    EXPECT_EQ(error_of(1001, ""),
              missing + folder.file("data/mnist") + ", /no/.cache/spikefab/mnist" + hint);
  }
  const Environment environment({});
  EXPECT_EQ(error_of(1001, ""), missing + "no folder" + hint);
}

TEST(FindMnist, RefusesANamedFolderWithoutTheFiles) {
  const TempFolder folder;
  const Environment environment({{"SPIKEFAB_MNIST", folder.file("no")}});
  const std::string message =
      ": does not hold t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (it must be a folder with "
      "both, each as it is or as .gz; scripts/get_mnist.sh prints a folder that does)";
  EXPECT_EQ(error_of(1, ""), folder.file("no") + message);
  EXPECT_EQ(error_of(1, folder.path()), folder.path() + message);
}

}  // namespace
}  // namespace spikefab::test
