// NIR files that someone has damaged on purpose: whatever their groups and numbers say, they are
// imported or refused, and what is imported can be run. (Damage to the bytes of the container:
// hdf5_mutants_test.cc.)
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <random>

#include "base/error.h"
#include "mapper/connections.h"
#include "mapper/float_simulation.h"
#include "mapper/nir/nir.h"
#include "tests/support/data_folder.h"
#include "tests/support/sanitized.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;

class Damager {
 public:
  explicit Damager(u64 seed) : random_(seed) {}

  void damage(Hdf5Group& root) {
    const u64 times = draw(1, 4);
    for (u64 i = 0; i < times; ++i) damage_once(root);
  }

 private:
  u64 draw(u64 low, u64 high) { return std::uniform_int_distribution<u64>(low, high)(random_); }

  template <class Map>
  typename Map::mapped_type& some(Map& map) {
    auto at = map.begin();
    std::advance(at, draw(0, map.size() - 1));
    return at->second;
  }

  // Walks down to some group or dataset.
  void damage_once(Hdf5Group& root) {
    Hdf5Group* group = &root;
    while (!group->groups.empty() && draw(0, 7) != 0) group = &some(group->groups);
    if (draw(0, 9) == 0) return damage_group(*group);
    if (!group->datasets.empty()) damage_dataset(*group);
  }

  void damage_group(Hdf5Group& group) {
    if (group.groups.empty()) return;
    auto at = group.groups.begin();
    std::advance(at, draw(0, group.groups.size() - 1));
    Hdf5Group member = at->second;
    if (draw(0, 1) == 0) group.groups.erase(at);
    if (draw(0, 1) == 0) group.groups["x" + std::to_string(draw(0, 3))] = std::move(member);
  }

  void damage_dataset(Hdf5Group& group) {
    Hdf5Dataset& dataset = some(group.datasets);
    switch (draw(0, 7)) {
      case 0:
        group.datasets.erase(group.datasets.begin());
        break;
      case 1:
        dataset = some(group.datasets);
        break;
      case 2:
        if (!dataset.shape.empty()) dataset.shape.pop_back();
        break;
      case 3:
        dataset.numbers.resize(draw(0, 8), strange_number());
        dataset.shape = {dataset.numbers.size()};
        break;
      case 4:
        dataset.kind = draw(0, 1) == 0 ? Hdf5Kind::text : Hdf5Kind::none;
        break;
      default:
        change_value(dataset);
    }
  }

  void change_value(Hdf5Dataset& dataset) {
    if (!dataset.numbers.empty()) {
      dataset.numbers[draw(0, dataset.numbers.size() - 1)] = strange_number();
    } else if (!dataset.texts.empty()) {
      std::string& word = dataset.texts[draw(0, dataset.texts.size() - 1)];
      const std::string& other = dataset.texts[draw(0, dataset.texts.size() - 1)];
      word = draw(0, 1) == 0 ? other : strange_word();
    }
  }

  double strange_number() {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const double numbers[] = {0,
                              1,
                              2,
                              3,
                              -1,
                              0.5,
                              7,
                              1e-9,
                              1e9,
                              2147483647,
                              4294967296.0,
                              1e300,
                              inf,
                              -inf,
                              std::numeric_limits<double>::quiet_NaN(),
                              65536};
    return numbers[draw(0, std::size(numbers) - 1)];
  }

  std::string strange_word() {
    const char* words[] = {"",       "input", "output",   "0",       "same",      "Input",
                           "Output", "LIF",   "NIRGraph", "Flatten", "SumPool2d", "Conv2d",
                           "Linear", "Scale", "\n\x1b",   "lif1"};
    return words[draw(0, std::size(words) - 1)];
  }

  std::mt19937_64 random_;
};

// What is small enough is run in two ways, and its connections are counted.
void use(const Network& network) {
  constexpr u64 small = 20'000;
  u64 elements = 0;
  for (const Node& node : network.nodes) elements += node.inputs() + node.outputs();
  if (elements > small) return;
  for (const std::string semantics : {"", "spinnaker2"}) {
    try {
      std::vector<std::string> notes;
      FloatSimulation simulation(network, choose_semantics(semantics, network, notes));
      for (u32 t = 0; t < 3; ++t) {
        for (const u32 input : network.inputs()) {
          simulation.set_input(input, std::vector<float>(network.nodes[input].outputs(), 1));
        }
        simulation.step();
      }
    } catch (const InputError&) {  // grows for ever, or is nothing for integers
    }
  }
  u64 connections = 0;
  for (const u32 input : network.inputs()) {
    for_each_connection(network, input, [&](const Connection&) { ++connections; });
  }
}

std::vector<Hdf5Group> read_all(const std::string& folder, u64 max_bytes) {
  std::vector<Hdf5Group> files;
  if (!fs::is_directory(folder)) return files;
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".nir" || entry.file_size() > max_bytes) continue;
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    try {
      files.push_back(read_hdf5(path));
    } catch (const InputError&) {
    }
  }
  return files;
}

void expect_mutants_are_imported_or_refused(const std::vector<Hdf5Group>& files, u64 mutants) {
  using Clock = std::chrono::steady_clock;
  u64 imported = 0;
  for (u64 seed = 0; seed < mutants; ++seed) {
    SCOPED_TRACE("mutant " + std::to_string(seed));
    Hdf5Group file = files[seed % files.size()];
    Damager(seed).damage(file);
    const auto start = Clock::now();
    try {
      const NirNetwork nir = make_nir_network(file, "mutant.nir");
      ++imported;
      use(nir.network);
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()), "");
    } catch (const ResourceError&) {
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (!is_sanitized) {
      ASSERT_LT(seconds, 1.0);
    }
  }
  EXPECT_GT(imported, mutants / 20) << "the damage is too coarse";
  EXPECT_LT(imported, mutants - mutants / 20) << "the damage is too fine";
}

TEST(NirMutants, OfFixturesAreImportedOrRefused) {
  const auto files = read_all(SPIKEFAB_SOURCE_DIR "/tests/fixtures/nir", 1 << 20);
  ASSERT_FALSE(files.empty());
  expect_mutants_are_imported_or_refused(files, is_sanitized ? 2000 : 10'000);
}

TEST(NirMutants, OfRealFilesAreImportedOrRefused) {
  const auto files = read_all(data_folder() + "/nir", 100'000);
  if (files.empty()) return skip_without_data("no NIR files below " + data_folder() + "/nir");
  expect_mutants_are_imported_or_refused(files, is_sanitized ? 2000 : 10'000);
}

}  // namespace
}  // namespace spikefab::test
