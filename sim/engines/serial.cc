// The reference: one thread, the semantics of sim/tick.h and sim/synaptic_tick.h in plain loops
// over flat arrays (sim/serial/).
#include "base/registry.h"
#include "sim/engine.h"
#include "sim/serial/runners.h"

namespace spikefab::sim {
namespace {

class Serial final : public Engine {
 public:
  void load(const Program& program, const Stimulus& stimulus) override {
    runner_ = program.chip.has_crossbars() ? serial::run_crossbars(program, stimulus)
                                           : serial::run_synaptic_memory(program, stimulus);
  }

  void advance(u64 ticks, const RecordPlan& plan, Recording& recording) override {
    runner_->advance(ticks, plan, recording);
  }

  State state() const override { return runner_->state(); }
  void restore(const State& state) override { runner_->restore(state); }

 private:
  std::unique_ptr<ChipRunner> runner_;
};

SPIKEFAB_REGISTER(Engine, "serial", Serial, "one thread; the reference that defines the bits");

}  // namespace
}  // namespace spikefab::sim
