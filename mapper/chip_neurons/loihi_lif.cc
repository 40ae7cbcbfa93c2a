// Networks on Loihi 1 compartments: weights and thresholds in units of 64, reset to 0 only.
#include <algorithm>
#include <cmath>

#include "arch/compartments/loihi_lif.h"
#include "base/suggest.h"
#include "mapper/chip_neurons.h"

namespace spikefab {
namespace {

using Model = compartments::LoihiLif;

constexpr i32 mantissa_limit = 4095;
constexpr i32 largest_exponent = 7;

// The mantissa of 13 bits and the smallest exponent that hold a bias.
struct Bias {
  i32 mantissa = 0;
  i32 exponent = 0;
};

Bias bias_of(double value) {
  Bias bias;
  while (bias.exponent < largest_exponent &&
         std::abs(std::round(std::ldexp(value, -bias.exponent))) > mantissa_limit) {
    ++bias.exponent;
  }
  const double mantissa = std::round(std::ldexp(value, -bias.exponent));
  bias.mantissa = static_cast<i32>(std::clamp<double>(mantissa, -mantissa_limit, mantissa_limit));
  return bias;
}

class LoihiLif : public ChipNeurons {
 public:
  ChipNeuronRange range(const Chip& chip) const override {
    const auto& p = chip.neuron_params;
    return {.decay_bits = 12,
            .weight_unit = 64,
            .largest_threshold = i64{131071} * 64,
            .threshold_step = 64,
            .largest_input = (1 << 15) - 1,  // 22 bits with sign, of which 6 are below the weights
            .largest_current = (1 << 23) - 1,
            .largest_bias = std::ldexp(mantissa_limit, largest_exponent),
            .lowest = -(i64{1} << p[Model::v_min_exponent]) + 1,
            .highest = (i64{1} << (9 + 2 * p[Model::v_max_exponent])) - 1};
  }

  ParamRoles roles() const override {
    return {.core_wide = {Model::offset_u, Model::offset_v, Model::v_min_exponent,
                          Model::v_max_exponent, Model::noise_target, Model::noise_mantissa,
                          Model::noise_exponent},
            .profile = {Model::decay_u, Model::decay_v, Model::refractory_delay},
            .threshold = {Model::threshold}};
  }

  std::optional<Refusal> refusal(const NeuronRules& rules) const override {
    std::vector<std::string> what;
    std::vector<std::string> instead;
    const auto cannot = [&](bool is_wanted, const char* does, const char* choice) {
      if (!is_wanted) return;
      what.emplace_back(does);
      instead.emplace_back(choice);
    };
    cannot(rules.many, "spikes several times in a step", "spikes_per_step=one");
    cannot(rules.reset == Reset::subtract, "resets by subtracting the threshold", "reset=to_value");
    cannot(rules.clamp, "limits the potential at -v_threshold", "clamp_below=no");
    if (what.empty()) return {};
    return Refusal{
        join(what, ", ") + ", which loihi_lif does not",
        "a chip whose neurons are lif, such as loihi2_like, does; or choose --semantics " +
            std::string("NAME,") + join(instead, ",")};
  }

  double stored_bias(double bias) const override {
    const Bias stored = bias_of(bias);
    return std::ldexp(stored.mantissa, stored.exponent);
  }

  void write(const ChipNeuron& neuron, std::span<i32> params, std::span<i32> state) const override {
    // A current without decay needs offset 0, a potential without memory offset 1; all else leaves
    // the offsets at what nengo-loihi and Lava have.
    params[Model::offset_u] = neuron.current_decay > 0;
    params[Model::decay_u] = neuron.current_decay - params[Model::offset_u];
    params[Model::offset_v] = neuron.decay == 4096;
    params[Model::decay_v] = neuron.decay - params[Model::offset_v];
    const Bias bias = bias_of(neuron.bias);
    params[Model::bias_mantissa] = bias.mantissa;
    params[Model::bias_exponent] = bias.exponent;
    params[Model::threshold] =
        neuron.rules.spikes() ? static_cast<i32>(neuron.threshold / 64) : 131071;
    // A reset in the step after the spike leaves that step without potential.
    const bool late =
        neuron.rules.timing == ResetTiming::next_step && has_membrane(neuron.rules.type);
    params[Model::refractory_delay] = late ? 2 : 1;
    state[Model::v] = static_cast<i32>(neuron.first_potential);
    state[Model::u] = static_cast<i32>(neuron.first_current);
    state[Model::refractory] = static_cast<i32>(neuron.silent_ticks);
  }
};

SPIKEFAB_REGISTER(ChipNeurons, "loihi_lif", LoihiLif, "Loihi 1 compartments");

}  // namespace
}  // namespace spikefab
