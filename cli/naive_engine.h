// The baseline that speed-ups are quoted against: what a first version of a simulator does. One
// byte per connection and waiting spike; for every core every neuron, for every neuron every axon;
// one thread, flat arrays. The bottom rung of `bench engines`, and no engine for users: it runs one
// replica, records outputs only, and counts spikes only. Its states are the engines', bit for bit.
#pragma once

#include <vector>

#include "sim/engine.h"

namespace spikefab::cli {

class NaiveEngine final : public sim::Engine {
 public:
  void load(const Program& program, const Stimulus& stimulus) override;
  void advance(u64 ticks, const sim::RecordPlan& plan, sim::Recording& recording) override;
  sim::State state() const override;
  void restore(const sim::State& state) override;

 private:
  struct Neuron {
    i32 leak, positive_threshold, negative_threshold, reset_potential, reset_mode, reset_type;
    u32 target_core, target_axon, target_delay;
  };
  void show_outputs(bool record, sim::Recording& recording);
  void run_core(u32 core);
  void deliver(u64 tick, u32 core, u32 axon, u32 delay);

  Program program_;
  Stimulus stimulus_;
  std::vector<u32> core_at_position_;
  std::vector<u8> connected_;  // [neuron][axon]
  std::vector<i32> weight_;    // [neuron][axon type]
  std::vector<Neuron> neuron_;
  std::vector<i32> potential_;
  std::vector<u8> waiting_;  // [slot][core][axon]
  std::vector<u8> output_;   // [line]
  u64 tick_ = 0;
  u64 spikes_ = 0;
};

}  // namespace spikefab::cli
