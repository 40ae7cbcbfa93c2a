// Runs a network on the host in float32, step by step, by the rules that mapper/semantics.h names:
// what a quantised network on a chip is compared with. One thread; the same bits on every machine.
// Work grows with the spikes, not with the synapses.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mapper/network.h"
#include "mapper/semantics.h"

namespace spikefab {

struct InputElement {
  u32 index = 0;
  float value = 1;  // a spike, or how many; or any real value
};

class FloatSimulation {
 public:
  // The network must be sound (check_network) and outlive the simulation. Throws InputError for
  // what the semantics do not cover, ResourceError for want of memory.
  FloatSimulation(const Network& network, const Semantics& semantics);
  ~FloatSimulation();
  FloatSimulation(FloatSimulation&&) noexcept;

  // Back to before the first step.
  void reset();

  // What an Input gives in the next step, and only then; otherwise it gives 0. Values of the same
  // element add up. Throws InputError if one is not finite or not there.
  void set_input(u32 input_node, std::span<const InputElement> elements);
  void set_input(u32 input_node, std::span<const float> values);

  // Throws InputError if a potential is not finite any more.
  void step();
  u64 steps() const;  // since reset

  // Of an Input, population or Output in the last step: spikes (0 or their number) or values; and
  // which are not 0, ascending.
  std::span<const float> output(u32 node) const;
  std::span<const u32> active(u32 node) const;

  // Of a population after the last step, in the units of the network.
  std::vector<double> potential(u32 node) const;
  std::vector<double> current(u32 node) const;  // synaptic; empty if it has no synapse

  // Sums of output() since reset, of populations that spike and of Outputs: by neuron, and all.
  std::span<const double> counts(u32 node) const;
  double total(u32 node) const;

 private:
  class Runner;
  std::unique_ptr<Runner> runner_;
};

}  // namespace spikefab
