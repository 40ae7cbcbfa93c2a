// The baseline that speed-ups are quoted against: what a first version of a simulator does. One
// byte per connection and waiting spike, for every core every neuron, for every neuron every axon;
// one thread, -O3, flat arrays. Gives the same results as the engines (checked before it is timed).
#pragma once

#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"

namespace spikefab::benchmarks {

class Naive {
 public:
  Naive(const Program& program, const Stimulus& stimulus);
  void advance(u64 ticks);
  const std::vector<i32>& potentials() const { return potential_; }
  u64 spikes() const { return spikes_; }

 private:
  struct Neuron {
    i32 leak, positive_threshold, negative_threshold, reset_potential, reset_mode, reset_type;
    u32 target_core, target_axon, target_delay;
  };
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
  u64 tick_ = 0;
  u64 spikes_ = 0;
};

}  // namespace spikefab::benchmarks
