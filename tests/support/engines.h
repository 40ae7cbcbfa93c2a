// Engines as test values: the same test runs on all that this build has, and says why it skips one.
// SPIKEFAB_REQUIRE=cuda,data,shells turns the skips of engine cuda, for want of data, or of a shell
// that completion is for, into failures.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/registry.h"
#include "sim/engine.h"

namespace spikefab::test {

bool is_required(const std::string& what);

// Skips or fails the running test (see above) if the engine cannot run here; true if it did.
bool skip_if_unavailable(const std::string& engine);

// A fixture whose parameter is the name of an engine.
class AllEngines : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { skip_if_unavailable(GetParam()); }
  static std::unique_ptr<sim::Engine> make_engine();
};

struct EngineRun {
  sim::Recording recording;
  sim::State state;
};

// Loads and runs from tick 0, `chunk` ticks at a time, recording outputs, digests and spikes.
EngineRun run_engine(sim::Engine& engine, const Program& program, const Stimulus& stimulus,
                     u64 ticks, u64 chunk);
EngineRun run_engine(sim::Engine& engine, const Program& program, const Stimulus& stimulus,
                     u64 ticks);

sim::RecordPlan record_all();

#define SPIKEFAB_ON_ALL_ENGINES(Fixture)                                                        \
  INSTANTIATE_TEST_SUITE_P(Engines, Fixture, testing::ValuesIn(Registry<sim::Engine>::names()), \
                           [](const auto& test) { return test.param; })

}  // namespace spikefab::test
