// How neurons of a network become parameters of a chip's neuron model: what the quantiser and the
// core limits must know of a model. One file per model in mapper/chip_neurons/, registered under
// the model's name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/chip.h"
#include "base/registry.h"
#include "mapper/network.h"
#include "mapper/semantics.h"

namespace spikefab {

// What the neurons of a population do, by the semantics at hand.
struct NeuronRules {
  NeuronType type = NeuronType::integrate_and_fire;
  bool leaks = false;  // something of the potential is lost in a step
  Reset reset = Reset::to_value;
  ResetTiming timing = ResetTiming::same_step;
  bool many = false;   // several spikes in a step
  bool clamp = false;  // v >= -v_threshold

  bool spikes() const { return spikefab::spikes(type); }
};

// What cannot be done, and what can.
struct Refusal {
  std::string what;
  std::string hint;
};

// The numbers of a model. Potentials are counted in its least bit; a synapse of value 1 adds
// weight_unit of them.
struct ChipNeuronRange {
  u32 decay_bits = 12;
  i32 weight_unit = 64;
  i64 largest_threshold = 0;
  i64 threshold_step = 64;
  i64 largest_input = 0;    // of the values of synapses that a neuron can sum up in a tick
  i64 largest_current = 0;  // magnitudes
  double largest_bias = 0;
  i64 lowest = 0;  // potential
  i64 highest = 0;
  bool keeps_silent_potential = false;  // in ChipNeuron::silent_ticks; else it is 0 then
};

struct ChipNeuron {
  NeuronRules rules;
  i32 decay = 0;          // lost per tick, in 2^-decay_bits; all: the potential is kept for no tick
  i32 current_decay = 0;  // likewise
  double bias = 0;        // at most largest_bias
  i64 threshold = 0;      // of those that spike; a multiple of threshold_step
  i64 first_potential = 0;
  i64 first_current = 0;
  u32 silent_ticks = 0;  // at the start, without spikes
};

// Parameters by their role for the limits of a core.
struct ParamRoles {
  std::vector<u32> core_wide;  // one value for all neurons of a core
  std::vector<u32> profile;    // SynapticLimits::neuron_profiles
  std::vector<u32> threshold;  // SynapticLimits::threshold_profiles
};

class ChipNeurons {
 public:
  static constexpr std::string_view kind = "neuron model that networks are quantised for";
  virtual ~ChipNeurons() = default;

  virtual ChipNeuronRange range(const Chip& chip) const = 0;
  virtual ParamRoles roles() const = 0;
  // Nothing if the model does exactly this. All do neurons that do not spike.
  virtual std::optional<Refusal> refusal(const NeuronRules& rules) const = 0;
  virtual double stored_bias(double bias) const = 0;  // the nearest that the model has
  // Sets what the network decides; the other parameters are the chip's. The state is all 0.
  virtual void write(const ChipNeuron& neuron, std::span<i32> params,
                     std::span<i32> state) const = 0;
};

// Of the chip's neuron model. Throws InputError if networks are not quantised for it, or the chip
// has crossbars.
std::unique_ptr<ChipNeurons> chip_neurons(const Chip& chip);

}  // namespace spikefab
