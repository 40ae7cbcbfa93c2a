// Loihi's leaky integrate-and-fire compartment with a synaptic current (CUBA), bit for bit as chip
// captures show it: 12-bit decays that round towards zero, a current that wraps at 24 bits, a
// potential that is limited, a strict threshold, r - 1 dead steps after a spike.
// Sources: [Davies et al. 2018]; nengo-loihi, brian2-loihi and Lava where they agree with captures
// in lava-dl; noise as in nengo-loihi, from our own generator, as Loihi's is not published.
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct LoihiLif {
  static constexpr std::string_view name = "loihi_lif";
  static constexpr std::string_view help = "Loihi 1 compartment: CUBA leaky integrate-and-fire";

  static constexpr std::array params = {
      ParamSpec{"decay_u", 0, 0, 4095, "1/4096", "of the current, per tick"},
      ParamSpec{"decay_v", 0, 0, 4095, "1/4096", "of the potential, per tick"},
      ParamSpec{"offset_u", 1, 0, 1, "1/4096", "added to decay_u; one for each core"},
      ParamSpec{"offset_v", 0, 0, 1, "1/4096", "added to decay_v; one for each core"},
      ParamSpec{"bias_mantissa", 0, -4096, 4095, "", "bias = mantissa * 2^exponent, every tick"},
      ParamSpec{"bias_exponent", 0, 0, 7, "", ""},
      ParamSpec{"threshold", 100, 0, 131071, "64", "fires above threshold * 64"},
      ParamSpec{"refractory_delay", 1, 1, 64, "ticks", "from one spike to the next at least"},
      ParamSpec{"v_min_exponent", 23, 0, 23, "", "v >= -2^exponent + 1; one for each core"},
      ParamSpec{"v_max_exponent", 7, 0, 7, "", "v <= 2^(9 + 2 exponent) - 1; one for each core"},
      ParamSpec{"noise_target", 0, 0, 2, "", "0: no noise, 1: on the current, 2: on the potential"},
      ParamSpec{"noise_mantissa", 0, -128, 127, "",
                "noise = (random + 64 mantissa) * 2^(exponent - 7), random in -127..127"},
      ParamSpec{"noise_exponent", 0, 0, 15, "", "one for each core, like noise_mantissa"},
  };
  enum : u32 {
    decay_u,
    decay_v,
    offset_u,
    offset_v,
    bias_mantissa,
    bias_exponent,
    threshold,
    refractory_delay,
    v_min_exponent,
    v_max_exponent,
    noise_target,
    noise_mantissa,
    noise_exponent
  };
  enum : u32 { v, u, refractory, state_words };
  static constexpr u32 inputs = 1;

  // The payload of the neuron's spike in this tick, or 0; `input` holds its sums of synapses.
  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom& random) {
    if (p[noise_target] == 0) return step_with_noise(p, s, input[0], 0);
    const i32 raw = static_cast<i32>(u64{random.draw(0)} * 255 >> 32) - 127;
    return step_with_noise(p, s, input[0], raw);
  }

  SPIKEFAB_HD static i32 step_with_noise(const i32* p, i32* s, i32 input, i32 raw_noise) {
    const i32 noise = p[noise_target] == 0
                          ? 0
                          : shift_towards_zero(wrap_add(raw_noise, 64 * p[noise_mantissa]),
                                               p[noise_exponent] - 7);
    const i32 noise_u = p[noise_target] == 1 ? noise : 0;
    const i32 noise_v = p[noise_target] == 2 ? noise : 0;
    // 22 bits: a mantissa of 16, times 64.
    const i32 q =
        wrap_to(wrap_add(wrap_to(static_cast<i32>(static_cast<u32>(input) << 6), 22), noise_u), 22);
    s[u] = wrap_to(scale_towards_zero(s[u], 4096 - (p[decay_u] + p[offset_u]), 12) + q, 24);
    const i32 drive = wrap_to(s[u] + p[bias_mantissa] * (1 << p[bias_exponent]) + noise_v, 24);
    const i32 decayed = scale_towards_zero(s[v], 4096 - (p[decay_v] + p[offset_v]), 12);
    const i32 limited = clamp_to(i64{decayed} + drive, -(1 << p[v_min_exponent]) + 1,
                                 (1 << (9 + 2 * p[v_max_exponent])) - 1);
    const i32 potential = s[refractory] > 0 ? 0 : limited;
    const bool fires = potential > p[threshold] * 64;
    s[v] = fires ? 0 : potential;
    const i32 dead = fires ? p[refractory_delay] : s[refractory];
    s[refractory] = dead > 0 ? dead - 1 : 0;
    return fires;
  }
};

}  // namespace spikefab::compartments
