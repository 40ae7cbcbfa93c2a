// Model and weights files that are damaged anyhow: each is refused with an error of ours, or is
// another network that can be assembled.
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "mapper/crossbar_network.h"
#include "tests/support/crossbar_files.h"
#include "tests/support/mutator.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

// Whether it is accepted; anything but InputError and FitError is not caught.
bool is_accepted(const std::string& path) {
  try {
    assemble(load_crossbar_network(path));
    return true;
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()), "");
  } catch (const FitError& error) {
    EXPECT_NE(std::string(error.what()), "");
  }
  return false;
}

TEST(CrossbarNetworkMutants, OfModelsAreAcceptedOrRefused) {
  const TempFolder folder(memory_folder());
  const std::string path = write_crossbar_network(random_crossbar_network(7), folder.path());
  const std::string model = read_whole_file(path);
  ASSERT_TRUE(is_accepted(path));
  constexpr u32 mutants = 3000;
  u32 accepted = 0;
  for (u64 seed = 0; seed < mutants; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::ofstream(path, std::ios::binary) << mutate(model, Damage::text, random);
    accepted += is_accepted(path);
  }
  EXPECT_GT(accepted, 0u);
  EXPECT_LT(accepted, mutants / 2);
}

TEST(CrossbarNetworkMutants, OfWeightsAreRefused) {
  const TempFolder folder(memory_folder());
  const CrossbarNetwork network = random_crossbar_network(7);
  const std::string path = write_crossbar_network(network, folder.path());
  const std::string weights = crossbar_weights_bytes(network);
  for (u64 seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::string mutant = mutate(weights, Damage::bytes, random);
    folder.write(network.name + ".weights", mutant);
    EXPECT_EQ(is_accepted(path), mutant == weights);
  }
}

TEST(CrossbarNetworkMutants, OfWeightsWithRightHashAreOtherNetworksOrRefused) {
  const TempFolder folder(memory_folder());
  const CrossbarNetwork network = random_crossbar_network(7);
  const std::string path = write_crossbar_network(network, folder.path());
  const std::string weights = crossbar_weights_bytes(network);
  const std::string model = read_whole_file(path);
  constexpr u32 mutants = 1000;
  u32 accepted = 0;
  for (u64 seed = 0; seed < mutants; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::string mutant = mutate(weights, Damage::bytes, random);
    std::string resealed = model;
    const std::string sha256 = sha256_of_text(weights);
    resealed.replace(resealed.find(sha256), sha256.size(), sha256_of_text(mutant));
    folder.write(network.name + ".weights", mutant);
    folder.write(network.name + ".yaml", resealed);
    accepted += is_accepted(path);
  }
  EXPECT_GT(accepted, 0u);
  EXPECT_LT(accepted, mutants);
}

}  // namespace
}  // namespace spikefab::test
