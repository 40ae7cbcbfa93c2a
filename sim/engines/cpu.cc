// All processor cores and their widest vector instructions: threads share the replicas or the cores
// of the chip (sim/cpu/split.h), bit-packed crossbars are summed by events or by population counts
// (sim/cpu/core_tick.h), and cores that are provably at rest are skipped.
#include "base/registry.h"
#include "base/suggest.h"
#include "sim/cpu/runner.h"
#include "sim/cpu/synaptic_runner.h"
#include "sim/engine.h"

namespace spikefab::sim {
namespace {

class Cpu final : public Engine {
 public:
  Cpu() { configure({0, 0, 1, -1}); }

  std::vector<ParamSpec> options() const override {
    return {
        {"threads", 0, 0, cpu::max_threads, "",
         "at most one per core or replica; 0: what the work is worth"},
        {"simd_bits", 0, 0, 512, "", "64 (portable), 256 (AVX2), 512 (AVX-512); 0: the widest"},
        {"skip", 1, 0, 1, "", "1: skip cores that are provably at rest"},
        {"popcount_from", -1, -1, 65, "",
         "count bits from so many spikes per 64 axons on, below go by events; -1: as measured"},
    };
  }

  void configure(const std::vector<i32>& values) override {
    SPIKEFAB_ASSERT(values.size() == 4);
    settings_.threads = static_cast<u32>(values[0]);
    settings_.kernels = &kernels_with(static_cast<u32>(values[1]));
    settings_.skip = values[2] != 0;
    settings_.popcount_from =
        values[3] < 0 ? settings_.kernels->popcount_from : static_cast<u32>(values[3]);
  }

  std::string how() const override { return runner_ ? runner_->how() : ""; }

  void load(const Program& program, const Stimulus& stimulus) override {
    runner_.reset();  // its memory may be needed
    if (program.chip.has_crossbars()) {
      runner_ = std::make_unique<cpu::Runner>(program, stimulus, settings_);
    } else {
      runner_ = std::make_unique<cpu::SynapticRunner>(program, stimulus, settings_);
    }
  }

  void advance(u64 ticks, const RecordPlan& plan, Recording& recording) override {
    SPIKEFAB_ASSERT(runner_);
    try {
      runner_->advance(ticks, plan, recording);
    } catch (...) {
      runner_.reset();
      throw;
    }
  }

  State state() const override {
    SPIKEFAB_ASSERT(runner_);
    return runner_->state();
  }

  void restore(const State& state) override {
    SPIKEFAB_ASSERT(runner_);
    runner_->restore(state);
  }

 private:
  static const cpu::Kernels& kernels_with(u32 simd_bits) {
    std::vector<std::string> have = {"0"};
    for (const cpu::Kernels* kernels : cpu::usable_kernels()) {
      if (simd_bits == 0 || simd_bits == kernels->simd_bits) return *kernels;
      have.push_back(std::to_string(kernels->simd_bits));
    }
    throw UsageError(
        "engine cpu: simd_bits = " + std::to_string(simd_bits) + " cannot be had on this machine",
        "have: " + join(have, ", "));
  }

  cpu::Settings settings_{};
  std::unique_ptr<ChipRunner> runner_;
};

SPIKEFAB_REGISTER(Engine, "cpu", Cpu, "threads and vector instructions of this machine");

}  // namespace
}  // namespace spikefab::sim
