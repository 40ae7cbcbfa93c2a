#include "tests/support/engines.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/registry.h"

namespace spikefab::test {
namespace {

std::string name_of(const std::string& engine) { return engine.substr(0, engine.find(':')); }

}  // namespace

void skip_for_want_of(const std::string& what, const std::string& reason) {
  const char* required = std::getenv("SPIKEFAB_REQUIRE");
  if (required != nullptr && std::string(required).find(what) != std::string::npos) {
    FAIL() << reason << " (" << what << " is required)";
  }
  GTEST_SKIP() << reason;
}

std::vector<std::string> engine_names() { return Registry<sim::Engine>::names(); }

std::vector<std::string> engine_variants() {
  const std::vector<std::string> all = {
      "serial",
      "cpu:threads=1,simd_bits=64",
      "cpu:threads=1,simd_bits=256,skip=0",
      "cpu:threads=1,simd_bits=512",
      "cpu:threads=2,simd_bits=256",
      "cpu:threads=3,simd_bits=64",
      "cpu:threads=5,simd_bits=512,skip=0",
      "cpu:threads=16",
      "cuda",
      "cuda:warps=1,tiles=3",
      "cuda_emulated",
      "cuda_emulated:schedule=1,warps=2,tiles=3",
      "cuda_emulated:schedule=2,warps=3,tiles=2,stage=0",
      "cuda_emulated:schedule=3,warps=1,tiles=4",
  };
  std::vector<std::string> existing;
  std::copy_if(all.begin(), all.end(), std::back_inserter(existing), exists);
  return existing;
}

bool exists(const std::string& engine) {
  try {
    return sim::make_engine(engine) != nullptr;
  } catch (const UsageError&) {
    return false;
  }
}

bool is_emulated(const std::string& engine) { return name_of(engine) == "cuda_emulated"; }

std::string test_name(const std::string& engine) {
  std::string name = engine;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

bool skip_if_unavailable(const std::string& engine) {
  const auto reason = sim::make_engine(engine)->unavailable();
  if (!reason) return false;
  skip_for_want_of(name_of(engine), "engine " + engine + ": " + *reason);
  return true;
}

std::unique_ptr<sim::Engine> AllEngines::make_engine() { return sim::make_engine(GetParam()); }

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
