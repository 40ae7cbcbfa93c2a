// Integrate-and-fire and leaky integrate-and-fire as trained networks have them: a decay of any
// precision (Euler or exponential: the mapper computes the factor), reset to a value or by
// subtraction, spikes that may count how often the threshold fits, a lower limit.
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct Lif {
  static constexpr std::string_view name = "lif";
  static constexpr std::string_view help = "(leaky) integrate-and-fire of trained networks";

  static constexpr i32 limit = (1 << 23) - 1;
  static constexpr std::array params = {
      ParamSpec{"decay", 0, 0, 65536, "2^-16", "of the potential, per tick; 0: no leak"},
      ParamSpec{"decay_current", 65536, 0, 65536, "2^-16", "of the synaptic current; 65536: none"},
      ParamSpec{"bias", 0, -limit, limit, "", "added to the potential every tick"},
      ParamSpec{"threshold", 64, 0, limit, "", "fires above it"},
      ParamSpec{"reset", 0, 0, 2, "", "0: to reset_potential, 1: subtracts the threshold, 2: none"},
      ParamSpec{"reset_potential", 0, -limit, limit, "", "of reset 0"},
      ParamSpec{"multiple", 0, 0, 1, "",
                "1: with reset 1, the payload is how often the threshold fits into the potential"},
      ParamSpec{"lowest", -limit, -limit, 0, "", "the potential is never below it"},
      ParamSpec{"refractory_delay", 1, 1, 65535, "ticks", "from one spike to the next at least"},
  };
  enum : u32 {
    decay,
    decay_current,
    bias,
    threshold,
    reset,
    reset_potential,
    multiple,
    lowest,
    refractory_delay
  };
  enum : u32 { v, current, refractory, state_words };
  static constexpr u32 inputs = 1;

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom&) {
    s[current] =
        clamp_to(i64{scale_towards_zero(s[current], 65536 - p[decay_current], 16)} + input[0],
                 -limit, limit);
    const i64 decayed = scale_towards_zero(s[v], 65536 - p[decay], 16);
    const i32 risen = clamp_to(decayed + s[current] + p[bias], p[lowest], limit);
    const i32 potential = s[refractory] > 0 ? s[v] : risen;
    const i32 spike = s[refractory] > 0 ? 0 : spikes_at(p, potential);
    s[v] = spike == 0 ? potential : after_spike(p, potential, spike);
    const i32 dead = spike != 0 ? p[refractory_delay] : s[refractory];
    s[refractory] = dead > 0 ? dead - 1 : 0;
    return spike;
  }

 private:
  SPIKEFAB_HD static i32 spikes_at(const i32* p, i32 potential) {
    if (potential <= p[threshold]) return 0;
    return p[multiple] != 0 && p[reset] == 1 && p[threshold] > 0 ? potential / p[threshold] : 1;
  }

  SPIKEFAB_HD static i32 after_spike(const i32* p, i32 potential, i32 spike) {
    if (p[reset] == 0) return p[reset_potential];
    return p[reset] == 1 ? potential - spike * p[threshold] : potential;
  }
};

}  // namespace spikefab::compartments
