// Runs a quantised network on the host, neuron by neuron, as a chip would that has it on one huge
// core: what the quantiser compares with the float simulation, and a check of what is placed and
// assembled.
#pragma once

#include <span>
#include <vector>

#include "mapper/quantise/quantiser.h"

namespace spikefab {

class QuantisedSimulation {
 public:
  // The network must outlive it.
  explicit QuantisedSimulation(const QuantisedNetwork& network);

  void reset();  // to before tick 0
  void tick(std::span<const CalibrationRun::Event> events);

  // Of the last tick: [neuron] payload of its spike, or 0.
  std::span<const i32> sent() const { return sent_; }
  // [neuron] at its end.
  i32 potential(u64 neuron) const { return state_[neuron]; }

 private:
  struct Synapse {
    u32 target;
    i16 value;
    u8 delay;
  };
  // An event of this tick, or a spike that was made in the one before.
  void deliver(u64 source, i32 payload);
  template <class Model>
  void update();

  const QuantisedNetwork& network_;
  u64 slots_ = 2;
  std::vector<u64> begin_;         // [source + 1]
  std::vector<Synapse> synapses_;  // by source
  std::vector<i32> waiting_;       // [slot][neuron]
  std::vector<i32> state_;         // [state word][neuron]
  std::vector<i32> sent_;
  u64 now_ = 0;
};

}  // namespace spikefab
