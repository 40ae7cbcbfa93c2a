// Resonate-and-fire neuron: a complex state that turns and decays, fires when its imaginary part
// crosses zero upwards while the real part is above the threshold; or, as the Izhikevich variant,
// when the imaginary part reaches the threshold, and is then reset.
// Source: Lava, PyRFModelFixed and PyRF_IZModelFixed: 12-bit constants, each product rounded
// towards zero, 24-bit limits.
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct ResonateFire {
  static constexpr std::string_view name = "resonate_fire";
  static constexpr std::string_view help = "resonate-and-fire neuron, inputs: real, imaginary";

  static constexpr i32 limit = (1 << 23) - 1;
  static constexpr std::array params = {
      ParamSpec{"cosine", 3712, -65535, 65535, "2^-decay_bits", "decay * cos(angle per tick)"},
      ParamSpec{"sine", 1024, -65535, 65535, "2^-decay_bits", "decay * sin(angle per tick)"},
      ParamSpec{"threshold", 6400, -limit, limit, "", "compared with the state"},
      ParamSpec{"state_exponent", 6, 0, 15, "", "inputs are multiplied by 2^state_exponent"},
      ParamSpec{"decay_bits", 12, 1, 16, "", "fraction bits of cosine and sine"},
      ParamSpec{"izhikevich", 0, 0, 1, "", "1: fires at the threshold and resets"},
  };
  enum : u32 { cosine, sine, threshold, state_exponent, decay_bits, izhikevich };
  enum : u32 { real, imaginary, state_words };
  static constexpr u32 inputs = 2;

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom&) {
    const i32 before = s[imaginary];
    const i64 re = product(p, p[cosine], s[real]) - product(p, p[sine], before) +
                   i64{input[0]} * (1 << p[state_exponent]);
    const i64 im = product(p, p[sine], s[real]) + product(p, p[cosine], before) +
                   i64{input[1]} * (1 << p[state_exponent]);
    s[real] = clamp_to(re, -limit, limit);
    s[imaginary] = clamp_to(im, -limit, limit);
    if (p[izhikevich] == 0) return s[real] >= p[threshold] && s[imaginary] >= 0 && before < 0;
    const bool fires = s[imaginary] >= p[threshold];
    if (fires) {
      s[real] = 0;
      s[imaginary] = p[threshold] - 1;
    }
    return fires;
  }

 private:
  SPIKEFAB_HD static i64 product(const i32* p, i32 constant, i32 state) {
    const i32 magnitude = scale_towards_zero(state, constant < 0 ? -constant : constant,
                                             static_cast<u32>(p[decay_bits]));
    return constant < 0 ? -i64{magnitude} : i64{magnitude};
  }
};

}  // namespace spikefab::compartments
