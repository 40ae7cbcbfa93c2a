// Where the files that come with the command are looked for, and in which order.
#include "cli/share.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;
using cli::share_folder;

struct Tree {
  Tree() {
    for (const char* folder :
         {"own/configs", "install/bin", "install/share/spikefab/configs", "source/configs"}) {
      fs::create_directories(temp.file(folder));
    }
  }
  TempFolder temp;
  cli::SharePlaces places = {.variable = temp.file("own"),
                             .executable_folder = temp.file("install/bin"),
                             .source_folder = temp.file("source")};
};

template <class Error>
std::string error_of(const cli::SharePlaces& places) {
  try {
    share_folder(places);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ShareFolder, IsThatOfTheVariableThenTheInstalledThenTheSource) {
  Tree tree;
  EXPECT_EQ(share_folder(tree.places), tree.temp.file("own"));
  tree.places.variable = "";
  EXPECT_EQ(share_folder(tree.places), tree.temp.file("install/share/spikefab"));
  fs::remove_all(tree.temp.file("install/share/spikefab/configs"));
  EXPECT_EQ(share_folder(tree.places), tree.temp.file("source"));
}

TEST(ShareFolder, OfTheVariableMustHoldConfigs) {
  Tree tree;
  fs::remove(tree.temp.file("own/configs"));
  EXPECT_EQ(error_of<UsageError>(tree.places),
            "SPIKEFAB_SHARE=" + tree.temp.file("own") +
                ": there is no folder configs in it (set it to the folder that holds Spikefab's "
                "configs, or unset it)");
}

TEST(ShareFolder, ThatIsNowhereIsAnErrorThatSaysWhereItWasLookedFor) {
  Tree tree;
  tree.places.variable = "";
  fs::remove(tree.temp.file("source/configs"));
  fs::remove(tree.temp.file("install/share/spikefab/configs"));
  EXPECT_EQ(error_of<InputError>(tree.places),
            "the files that come with spikefab are missing: no folder configs in " +
                tree.temp.file("install/share/spikefab") + " or " + tree.temp.file("source") +
                " (set SPIKEFAB_SHARE to the folder that holds Spikefab's configs)");
}

TEST(ShareFolder, OfThisBuildIsTheSourceFolder) {
  cli::SharePlaces places = cli::share_places();
  places.variable = "";
  EXPECT_EQ(share_folder(places), SPIKEFAB_SOURCE_DIR);
  EXPECT_EQ(places.executable_folder, fs::canonical("/proc/self/exe").parent_path());
}

}  // namespace
}  // namespace spikefab::test
