// Engines as test values, by their specifications (sim/engine.h): the same test runs on all that
// this build has, and says why it skips one. In tests there is one more, cuda_emulated: the cuda
// engine on the emulated device (tests/device/). SPIKEFAB_REQUIRE=cuda,data,nvcc,shells turns skips
// into failures: of engine cuda, for want of data, of nvcc when this was built, or of a shell that
// completion is for.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/registry.h"
#include "sim/engine.h"

namespace spikefab::test {

// Skips the running test with the reason, or fails it if SPIKEFAB_REQUIRE names what it lacks. The
// test has to return after it.
void skip_for_want_of(const std::string& what, const std::string& reason);

// Every engine with its own choices.
std::vector<std::string> engine_names();

// Every engine in many ways: threads, instruction sets, block sizes, schedules of the device.
std::vector<std::string> engine_variants();

// Whether this build and processor have it; not every processor has AVX-512.
bool exists(const std::string& engine);

// The emulated device is slow: tests of large networks leave it out.
bool is_emulated(const std::string& engine);

// A specification as a part of a test's name.
std::string test_name(const std::string& engine);

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

#define SPIKEFAB_ON_ALL_ENGINES(Fixture)                                        \
  INSTANTIATE_TEST_SUITE_P(Engines, Fixture, testing::ValuesIn(engine_names()), \
                           [](const auto& test) { return test_name(test.param); })

}  // namespace spikefab::test
