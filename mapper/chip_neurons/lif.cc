// Networks on the lif model: decays of 16 bits, any reset, several spikes per step.
#include <algorithm>
#include <cmath>

#include "arch/compartments/lif.h"
#include "mapper/chip_neurons.h"

namespace spikefab {
namespace {

using Model = compartments::Lif;

enum : i32 { reset_to_potential, reset_by_subtraction };

class Lif : public ChipNeurons {
 public:
  ChipNeuronRange range(const Chip&) const override {
    return {.decay_bits = 16,
            .weight_unit = 1,
            .largest_threshold = Model::limit,
            .threshold_step = 1,
            .largest_input = Model::limit,
            .largest_current = Model::limit,
            .largest_bias = Model::limit,
            .lowest = -Model::limit,
            .highest = Model::limit,
            .keeps_silent_potential = true};
  }

  ParamRoles roles() const override {
    return {.core_wide = {},
            .profile = {Model::decay, Model::decay_current, Model::reset, Model::multiple,
                        Model::refractory_delay},
            .threshold = {Model::threshold}};
  }

  std::optional<Refusal> refusal(const NeuronRules& rules) const override {
    if (rules.many && rules.reset != Reset::subtract) {
      return Refusal{"spikes several times in a step and resets to a value, which lif does not",
                     "choose spikes_per_step=one or reset=subtract"};
    }
    if (rules.reset != Reset::subtract || rules.timing == ResetTiming::same_step) return {};
    if (rules.timing == ResetTiming::no_double) {
      return Refusal{
          "subtracts the threshold once for one crossing (no_double), which lif does not",
          "same_step differs from it only where v exceeds v_threshold twice: choose "
          "reset_timing or cuba_reset_timing=same_step"};
    }
    if (!rules.leaks) return {};
    return Refusal{
        "subtracts the threshold one step after the spike, which lif does not",
        "same_step subtracts before the leak instead of after it: choose reset_timing or "
        "cuba_reset_timing=same_step"};
  }

  double stored_bias(double bias) const override {
    return std::clamp<double>(std::round(bias), -Model::limit, Model::limit);
  }

  void write(const ChipNeuron& neuron, std::span<i32> params, std::span<i32> state) const override {
    const NeuronRules& rules = neuron.rules;
    const bool membrane = has_membrane(rules.type);
    const bool subtracts = membrane && rules.reset == Reset::subtract;
    params[Model::decay] = neuron.decay;
    params[Model::decay_current] = neuron.current_decay;
    params[Model::bias] = static_cast<i32>(stored_bias(neuron.bias));
    params[Model::threshold] = rules.spikes() ? static_cast<i32>(neuron.threshold) : Model::limit;
    params[Model::reset] = subtracts ? reset_by_subtraction : reset_to_potential;
    params[Model::reset_potential] = 0;
    params[Model::multiple] = subtracts && rules.many;
    params[Model::lowest] =
        rules.clamp ? -static_cast<i32>(neuron.threshold) : static_cast<i32>(-Model::limit);
    // A reset in the step after the spike leaves that step without potential.
    const bool late = membrane && !subtracts && rules.timing == ResetTiming::next_step;
    params[Model::refractory_delay] = late ? 2 : 1;
    state[Model::v] = static_cast<i32>(neuron.first_potential);
    state[Model::current] = static_cast<i32>(neuron.first_current);
    state[Model::refractory] = static_cast<i32>(neuron.silent_ticks);
  }
};

SPIKEFAB_REGISTER(ChipNeurons, "lif", Lif, "integrate-and-fire of trained networks");

}  // namespace
}  // namespace spikefab
