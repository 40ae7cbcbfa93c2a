// Damaged HDF5 files, 10,000 of real models among them: each is read or refused with an error that
// names the file, in less than a second and in bounded memory. After a crash, the mutant is still
// in its folder in memory_folder().
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "cli/machine.h"
#include "mapper/hdf5/hdf5.h"
#include "mapper/netx/netx.h"
#include "tests/support/data_folder.h"
#include "tests/support/hdf5_files.h"
#include "tests/support/mutator.h"
#include "tests/support/sanitized.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr u64 max_value_bytes = u64{64} << 20;
constexpr u64 max_more_bytes = u64{256} << 20;

// Damages what is near the signature of some structure and leaves all else where it is, so that the
// reader gets deep into the file.
std::string mutate_structure(const std::string& original, std::mt19937_64& random) {
  constexpr u64 window = 256;
  constexpr std::array signatures = {"TREE", "SNOD", "HEAP", "GCOL", "OHDR",
                                     "FRHP", "FHIB", "BTHD", "BTIN", "BTLF"};
  std::size_t found =
      original.find(signatures[random() % signatures.size()], random() % original.size());
  if (found == std::string::npos) found = random() % original.size();
  const u64 begin = found - std::min<u64>(found, random() % (2 * window));
  std::string part = original.substr(begin, window);
  const u64 bytes = part.size();
  part = mutate(part, Damage::bytes, random);
  part.resize(bytes);
  std::string mutant = original;
  return mutant.replace(begin, bytes, part);
}

std::string mutant_of(const std::string& original, u64 seed) {
  std::mt19937_64 random(seed);
  return seed % 2 == 0 ? mutate(original, Damage::bytes, random)
                       : mutate_structure(original, random);
}

// Whether it is read; anything but an error of ours is not caught.
template <class Read>
bool is_read(const std::string& path, Read&& read) {
  try {
    read();
    return true;
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) {
      EXPECT_EQ(problem.place.find(path), 0u) << problem.text();
    }
  }
  return false;
}

// As HDF5; what is that may or may not be a network of lava-dl.
bool is_read(const std::string& path) {
  if (!is_read(path, [&] { read_hdf5(path, max_value_bytes); })) return false;
  is_read(path, [&] { load_netx(path); });
  return true;
}

// The files in turn; each mutant has a seed of its own.
void expect_mutants_are_read_or_refused(const std::vector<std::string>& files, u64 mutants) {
  using Clock = std::chrono::steady_clock;
  const TempFolder folder(memory_folder());
  std::vector<std::string> originals;
  for (const std::string& file : files) originals.push_back(read_whole_file(file));
  const u64 peak_before = cli::peak_memory();
  u64 read = 0;
  std::chrono::duration<double> slowest{};
  for (u64 seed = 0; seed < mutants && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}, {}", seed, files[seed % files.size()]));
    const std::string path =
        folder.write("mutant", mutant_of(originals[seed % originals.size()], seed));

    const auto begin = Clock::now();
    read += is_read(path);
    slowest = std::max<std::chrono::duration<double>>(slowest, Clock::now() - begin);
  }
  const u64 more = cli::peak_memory() - peak_before;
  fmt::print(
      "{} mutants of {} files, {} read, the slowest in {:.1f} ms, peak of memory {} MiB more\n",
      mutants, files.size(), read, 1000 * slowest.count(), more >> 20);
  EXPECT_GT(read, 0u);
  EXPECT_LT(read, mutants);
  if (is_sanitized) return;
  EXPECT_LT(slowest.count(), 1.0);
  EXPECT_LE(more, max_more_bytes);
}

TEST(Hdf5Mutants, OfSmallFilesAreReadOrRefusedQuicklyInBoundedMemory) {
  std::vector<std::string> files = find_hdf5_fixtures();
  std::erase_if(files, [](const auto& f) { return f.find("refused") != std::string::npos; });
  ASSERT_GE(files.size(), 9u);

  expect_mutants_are_read_or_refused(files, is_sanitized ? 1500 : 6000);
}

TEST(Hdf5Mutants, OfModelFilesAreReadOrRefusedQuicklyInBoundedMemory) {
  const std::vector<std::string> files = find_model_files();
  if (files.empty()) return skip_without_data("no model files below " + data_folder() + "/nir");

  expect_mutants_are_read_or_refused(files, is_sanitized ? 2000 : 10'000);
}

// No length, address or count of a file is trusted: each byte in turn becomes large.
TEST(Hdf5Mutants, EveryByteOfASmallFileCanBeWrong) {
  const TempFolder folder(memory_folder());
  const std::string original = read_whole_file(hdf5_fixture("new_format.h5"));
  for (u64 at = 0; at < original.size(); at += is_sanitized ? 3 : 1) {
    for (const char value : {'\xff', '\x7f', '\0'}) {
      SCOPED_TRACE(at);
      std::string mutant = original;
      mutant[at] = value;
      is_read(folder.write("mutant", mutant));
    }
  }
}

}  // namespace
}  // namespace spikefab::test
