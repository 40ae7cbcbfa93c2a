// Signals of earlier steps, for the float simulation.
#pragma once

#include <span>
#include <vector>

#include "mapper/network.h"
#include "mapper/neuron_group.h"

namespace spikefab {

// The last signals of one source, as many as its readers need.
class SignalHistory {
 public:
  // Throws ResourceError for want of memory.
  void prepare(u64 size, u64 depth);
  Signal& at(u64 step) { return ring_[step % ring_.size()]; }
  const Signal& at(u64 step) const { return ring_[step % ring_.size()]; }
  void fill(const Signal& signal);

 private:
  std::vector<Signal> ring_;
};

// A Delay node: each element has a delay of its own.
class DelayLine {
 public:
  // Throws InputError for more than 65535 steps.
  DelayLine(const Node& node, double dt);
  void clear();
  // Takes in what comes in step `now`, and gives what is due.
  void pass(u64 now, std::span<float> values);

 private:
  std::vector<u32> steps_;  // [element]
  SignalHistory ring_;
};

}  // namespace spikefab
