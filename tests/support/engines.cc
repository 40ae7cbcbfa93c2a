#include "tests/support/engines.h"

#include <algorithm>
#include <cstdlib>

#include "base/registry.h"

namespace spikefab::test {

bool is_required(const std::string& what) {
  const char* required = std::getenv("SPIKEFAB_REQUIRE");
  return required != nullptr && std::string(required).find(what) != std::string::npos;
}

bool skip_if_unavailable(const std::string& engine) {
  const auto reason = Registry<sim::Engine>::make(engine)->unavailable();
  if (!reason) return false;
  const auto decide = [&] {
    if (is_required(engine)) FAIL() << "engine " << engine << " is required: " << *reason;
    GTEST_SKIP() << "engine " << engine << ": " << *reason;
  };
  decide();
  return true;
}

std::unique_ptr<sim::Engine> AllEngines::make_engine() {
  return Registry<sim::Engine>::make(GetParam());
}

sim::RecordPlan record_all() {
  sim::RecordPlan plan;
  plan.digests = true;
  plan.spikes = sim::Selection{};
  return plan;
}

EngineRun run_engine(sim::Engine& engine, const Program& program, const Stimulus& stimulus,
                     u64 ticks, u64 chunk) {
  EngineRun run;
  engine.load(program, stimulus);
  for (u64 done = 0; done < ticks;) {
    const u64 now = std::min(chunk, ticks - done);
    engine.advance(now, record_all(), run.recording);
    done += now;
  }
  run.state = engine.state();
  return run;
}

EngineRun run_engine(sim::Engine& engine, const Program& program, const Stimulus& stimulus,
                     u64 ticks) {
  return run_engine(engine, program, stimulus, ticks, ticks);
}

}  // namespace spikefab::test
