// Every engine in every way against the serial engine, bit for bit, on random programs with batches
// (tests/support/random_program.h): recordings of every tick, and the whole state at the end, which
// another run goes on from. Threads, instruction sets, block sizes, tiles and schedules of the
// device vary with the seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/engines.h"
#include "tests/support/random_synaptic_program.h"

namespace spikefab::test {
namespace {

constexpr u64 programs = 520;
constexpr u64 synaptic_programs = 280;
constexpr u64 programs_per_case = 40;

void expect_equal_runs(const EngineRun& have, const EngineRun& want) {
  EXPECT_TRUE(have.recording.digests == want.recording.digests);
  EXPECT_TRUE(have.recording.outputs == want.recording.outputs);
  EXPECT_TRUE(have.recording.spikes == want.recording.spikes);
  EXPECT_TRUE(have.recording.potentials == want.recording.potentials);
  EXPECT_EQ(have.state.counts, want.state.counts);
  EXPECT_TRUE(have.state == want.state);
}

// Runs a case in two parts, the second in a second engine from the state of the first. The first
// part records all ticks one by one, the second only outputs and spikes, in one go.
EngineRun run_parts(const std::string& engine, const ProgramCase& c) {
  EngineRun run;
  const auto first = sim::make_engine(engine);
  first->load(c.program, c.stimulus);
  sim::RecordPlan plan = record_all();
  plan.potentials = sim::Selection{.first_tick = 1, .last_tick = 2};
  const u64 half = c.ticks / 2;
  first->advance(half, plan, run.recording);
  const auto second = sim::make_engine(engine);
  second->load(c.program, c.stimulus);
  second->restore(first->state());
  plan.digests = false;
  plan.potentials.reset();
  second->advance(c.ticks - half, plan, run.recording);
  run.state = second->state();
  return run;
}

// Blocks and tiles, another for each number.
std::string layout(u64 number) {
  return fmt::format("warps={},tiles={},stage={}", number % 5 + 1, number / 5 % 4, number / 20 % 2);
}

// The ways of an engine for one seed.
std::vector<std::string> ways(const std::string& engine, u64 seed) {
  std::vector<std::string> all;
  if (engine == "cpu") {
    for (const int bits : {64, 256, 512}) {
      all.push_back(
          fmt::format("cpu:threads={},simd_bits={},skip={}", seed % 16 + 1, bits, seed / 16 % 2));
    }
  } else if (is_emulated(engine)) {
    for (u64 schedule = 0; schedule < 4; ++schedule) {
      all.push_back(
          fmt::format("{}:schedule={},{}", engine, schedule, layout(seed + schedule * 7)));
    }
  } else {
    all = {engine == "cuda" ? engine + ":" + layout(seed) : engine};
  }
  return all;
}

// Parameters: engine, index of the case.
class AgreeWithSerial : public testing::TestWithParam<std::tuple<std::string, u64>> {
 protected:
  void SetUp() override { skip_if_unavailable(std::get<0>(GetParam())); }
};

void expect_agreement(const std::string& engine, u64 first, ProgramCase (*make)(u64 seed)) {
  for (u64 seed = first; seed < first + programs_per_case && !testing::Test::HasFailure(); ++seed) {
    const ProgramCase c = make(seed);
    const EngineRun want = run_parts("serial", c);
    for (const std::string& way : ways(engine, seed)) {
      if (!exists(way)) continue;
      SCOPED_TRACE(fmt::format("seed {}, {}", seed, way));

      const EngineRun have = run_parts(way, c);

      expect_equal_runs(have, want);
    }
  }
}

TEST_P(AgreeWithSerial, OnRandomPrograms) {
  const auto& [engine, index] = GetParam();
  expect_agreement(engine, index * programs_per_case, random_program);
}

class AgreeWithSerialOnSynapticMemory : public AgreeWithSerial {};

TEST_P(AgreeWithSerialOnSynapticMemory, OnRandomPrograms) {
  const auto& [engine, index] = GetParam();
  expect_agreement(engine, index * programs_per_case,
                   [](u64 seed) { return random_synaptic_program(seed); });
}

std::string case_name(const testing::TestParamInfo<std::tuple<std::string, u64>>& test) {
  const u64 first = std::get<1>(test.param) * programs_per_case;
  return fmt::format("{}_programs_{:03}_to_{:03}", std::get<0>(test.param), first,
                     first + programs_per_case - 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, AgreeWithSerial,
                         testing::Combine(testing::ValuesIn(engine_names()),
                                          testing::Range(u64{0}, programs / programs_per_case)),
                         case_name);
INSTANTIATE_TEST_SUITE_P(Engines, AgreeWithSerialOnSynapticMemory,
                         testing::Combine(testing::ValuesIn(engine_names()),
                                          testing::Range(u64{0},
                                                         synaptic_programs / programs_per_case)),
                         case_name);

}  // namespace
}  // namespace spikefab::test
