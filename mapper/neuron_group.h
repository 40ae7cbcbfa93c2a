// The state of a population and its step, in the float simulation: in floats, or in the integers of
// Loihi.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mapper/neuron_coefficients.h"

namespace spikefab {

// What a node gives in one step.
struct Signal {
  std::vector<float> value;  // of each element
  std::vector<u32> active;   // those that are not 0, ascending

  void resize(u64 size);
  void clear();  // all 0
  void set(u32 index, float v) {
    value[index] = v;
    active.push_back(index);
  }
  void find_active();  // after changes of `value`
};

class NeuronGroup {
 public:
  virtual ~NeuronGroup() = default;
  virtual void reset() = 0;
  // `out` is cleared and gets the spikes (their number) or values. Throws InputError if a potential
  // is not finite any more.
  virtual void step(std::span<const float> input, Signal& out) = 0;
  virtual std::vector<double> potential() const = 0;  // in the unit of v_threshold
  virtual std::vector<double> current() const = 0;    // I, or empty
};

// `coefficients` may be of other units than the node's: v = potential_unit[i] * state.
std::unique_ptr<NeuronGroup> make_float_group(const Node& node, const Semantics& semantics,
                                              const NeuronCoefficients& coefficients,
                                              std::vector<double> potential_unit = {});

// Registers of Loihi [lava: lif/models.py, PyLifModelBitAcc]; bits of v and u below the weights: 6.
struct LoihiRegisters {
  std::vector<i32> du;  // 12 bit
  std::vector<i32> dv;
  std::vector<i32> bias;
  std::vector<i32> threshold;  // of v, shifted
};
std::unique_ptr<NeuronGroup> make_loihi_group(const Node& node, LoihiRegisters registers);

}  // namespace spikefab
