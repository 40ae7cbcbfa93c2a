// The matrix multiplication network gives the product, for the smallest and the extreme matrices.
#include "tests/support/vmm.h"

#include <gmock/gmock.h>

#include <bit>

#include "base/registry.h"
#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;

class VmmOnAllEngines : public AllEngines {
 protected:
  static std::vector<i64> multiply(const Vmm& vmm) {
    const VmmNetwork network = vmm_network(vmm);
    const auto engine = make_engine();
    const EngineRun run = run_engine(*engine, network.program, network.stimulus, network.ticks);
    std::vector<u64> counts(network.program.output_lines, 0);
    const u64 words = network.program.output_words();
    for (u64 i = 0; i < run.recording.outputs.size(); ++i) {
      for (u64 bit = 0; bit < word_bits; ++bit) {
        if ((run.recording.outputs[i] >> bit & 1) == 0) continue;
        ++counts.at(i % words * word_bits + bit);
      }
    }
    return vmm_product_of_counts(counts);
  }
};

TEST_P(VmmOnAllEngines, OneEntry) {
  EXPECT_THAT(multiply({1, 1, {3}, {7}}), ElementsAre(21));
  EXPECT_THAT(multiply({1, 1, {-3}, {7}}), ElementsAre(-21));
  EXPECT_THAT(multiply({1, 1, {3}, {0}}), ElementsAre(0));
}

TEST_P(VmmOnAllEngines, ExtremeRowsOfTheWidestMatrix) {
  constexpr u32 columns = 85;
  Vmm vmm = {2, columns, {}, std::vector<u32>(columns, vmm_max_activity)};
  vmm.matrix.assign(columns, vmm_max_entry);
  vmm.matrix.resize(2 * columns, -vmm_max_entry);

  EXPECT_THAT(multiply(vmm), ElementsAre(85 * 21, -85 * 21));
}

TEST_P(VmmOnAllEngines, RandomMatricesOverSeveralCores) {
  for (u64 seed = 1; seed <= 5; ++seed) {
    const Vmm vmm = random_vmm(35, 20, seed);

    EXPECT_EQ(multiply(vmm), product(vmm)) << "seed " << seed;
  }
}

SPIKEFAB_ON_ALL_ENGINES(VmmOnAllEngines);

}  // namespace
}  // namespace spikefab::test
