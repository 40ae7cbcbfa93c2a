// Every engine against the oracle (tests/support/oracle.h), bit for bit in every tick, on random
// networks that the importer reads from JSON. What this test accepts is a correct engine.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/registry.h"
#include "tests/support/agreement.h"
#include "tests/support/loaded_network.h"

namespace spikefab::test {
namespace {

constexpr u64 networks = 300;
constexpr u64 networks_per_case = 30;

// Parameters: engine, index of the case.
class AgreeWithOracle : public testing::TestWithParam<std::tuple<std::string, u64>> {
 protected:
  void SetUp() override { skip_if_unavailable(std::get<0>(GetParam())); }
};

TEST_P(AgreeWithOracle, InEveryTick) {
  const auto& [engine_name, index] = GetParam();
  const auto engine = sim::make_engine(engine_name);
  Exercised exercised;
  const u64 first = index * networks_per_case;
  for (u64 seed = first; seed < first + networks_per_case && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const RandomCase random = random_case(seed);
    const std::vector<OracleRun> oracles = run_oracles(random);
    std::mt19937_64 shuffle(seed);
    const Imported input = load_network(random.network, IdleCores::left_out, &shuffle);

    const EngineRun run =
        run_engine(*engine, input.program, input.stimulus, static_cast<u64>(random.ticks));

    expect_agreement(input.program, run, oracles);
    exercised.add(oracles);
  }
  if (!HasFailure()) exercised.expect_all();
}

INSTANTIATE_TEST_SUITE_P(Engines, AgreeWithOracle,
                         testing::Combine(testing::ValuesIn(engine_variants()),
                                          testing::Range(u64{0}, networks / networks_per_case)),
                         [](const auto& test) {
                           const u64 first = std::get<1>(test.param) * networks_per_case;
                           return fmt::format("{}_networks_{:03}_to_{:03}",
                                              test_name(std::get<0>(test.param)), first,
                                              first + networks_per_case - 1);
                         });

}  // namespace
}  // namespace spikefab::test
