// Every NIR file in the data folder is imported, or refused for the reason that is known of it. The
// test prints a table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "mapper/nir/nir.h"
#include "tests/support/data_folder.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;

// By the begin of the file's name, and a part of the message.
const std::map<std::string, std::string> known_refusals = {
    {"Braille_snntorch", "is a zip archive"},
    {"03_rnn__braille__cf1c59a3", "but gets"},         // layers of 16 and 63 neurons
    {"research__paper__spyx_shd", "must be above 0"},  // a time constant of -3211
    {"main__scalar_params", "has no type"},            // cut off by their writers
    {"v1.0.1__conv_noshape", "has no edges"},
    {"v1.0.4__conv_noshape", "has no type"},
};

std::string known_refusal(const std::string& name) {
  for (const auto& [begin, message] : known_refusals) {
    if (name.starts_with(begin)) return message;
  }
  return "";
}

std::vector<std::string> find_files() {
  std::vector<std::string> files;
  const fs::path root = fs::path(data_folder()) / "nir";
  if (!fs::is_directory(root)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".nir") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_synthetic(const std::string& path) { return path.find("/synthetic/") != std::string::npos; }

TEST(NirFiles, AreImportedOrRefusedForTheKnownReason) {
  const std::vector<std::string> files = find_files();
  if (files.empty()) return skip_without_data("no NIR files below " + data_folder() + "/nir");
  u64 real = 0;
  u64 usable = 0;
  std::printf("%-72s %6s %8s  verdict\n", "file", "nodes", "neurons");
  for (const std::string& file : files) {
    SCOPED_TRACE(file);
    const std::string name = fs::path(file).filename().string();
    const std::string expected = known_refusal(name);
    real += !is_synthetic(file);
    try {
      const NirNetwork nir = load_nir(file);
      std::printf("%-72s %6zu %8zu  read, %zu notes\n", name.c_str(), nir.network.nodes.size(),
                  static_cast<std::size_t>(nir.network.neuron_count()), nir.notes.size());
      for (const std::string& note : nir.notes) std::printf("    %s\n", note.c_str());
      EXPECT_EQ(expected, "") << "should have been refused";
      usable += !is_synthetic(file);
    } catch (const InputError& error) {
      std::printf("%-72s %6s %8s  refused\n    %s\n", name.c_str(), "", "", error.what());
      EXPECT_NE(expected, "") << error.what();
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  }
  std::printf("%zu of %zu real files are usable\n", static_cast<std::size_t>(usable),
              static_cast<std::size_t>(real));
  EXPECT_GE(usable * 10, real * 9);
}

}  // namespace
}  // namespace spikefab::test
