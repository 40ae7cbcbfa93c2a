// What both runners of the serial engine do around a tick: the replicas one after another, stimulus
// in, outputs and records out.
#pragma once

#include <vector>

#include "arch/stimulus.h"
#include "sim/chip_runner.h"
#include "sim/host_program.h"

namespace spikefab::sim::serial {

class TickLoop : public ChipRunner {
 public:
  TickLoop(const Program& program, const Stimulus& stimulus);

  void advance(u64 ticks, const RecordPlan& plan, Recording& recording) override;
  State state() const override { return state_; }
  void restore(const State& state) override;

 protected:
  const HostProgram& host() const { return host_; }
  const Program& program() const { return host_.program(); }

  // One event of the stimulus, in its tick.
  virtual void inject_event(const StateView& s, u64 tick, CoreId core, const StimulusEvent& event,
                            i32 payload) = 0;
  // From the due slot to the delivered spikes of one tick; sets sent_.
  virtual void run_cores(const StateView& s, u64 tick, u32 replica) = 0;

  std::vector<i32> sent_;  // [neuron] payload of its spike in this tick, or 0

 private:
  StateView view(u32 replica);
  void run_tick(u32 replica, const RecordPlan& plan, Recording& recording);
  void inject_stimulus(u32 replica, const StateView& s);
  void take_outputs(const StateView& s, const RecordPlan& plan, Recording& recording) const;
  void record(u32 replica, const RecordPlan& plan, Recording& recording) const;

  HostProgram host_;
  Stimulus stimulus_;
  State state_;
  StateSizes sizes_;
};

}  // namespace spikefab::sim::serial
