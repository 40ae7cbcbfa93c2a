// Resonate-and-fire neuron that sends its real part when the imaginary part crosses zero upwards.
// Source: Lava, RFZero: 15-bit constants, each product floored, no limits (24-bit carrier).
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct ResonateFireGraded {
  static constexpr std::string_view name = "resonate_fire_graded";
  static constexpr std::string_view help =
      "resonate-and-fire neuron with graded spikes, inputs: real, imaginary";

  static constexpr std::array params = {
      ParamSpec{"cosine", 29696, -32768, 32768, "2^-15", "decay * cos(angle per tick)"},
      ParamSpec{"sine", 8192, -32768, 32768, "2^-15", "decay * sin(angle per tick)"},
      ParamSpec{"threshold", 1, -(1 << 30), 1 << 30, "", "sends real parts above it"},
  };
  enum : u32 { cosine, sine, threshold };
  enum : u32 { real, imaginary, state_words };
  static constexpr u32 inputs = 2;

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom&) {
    const i32 before = s[imaginary];
    const i32 re = wrap_sub(turned(p[cosine], s[real]), turned(p[sine], before));
    const i32 im = wrap_add(turned(p[cosine], before), turned(p[sine], s[real]));
    s[real] = wrap_add(re, input[0]);
    s[imaginary] = wrap_add(im, input[1]);
    return s[real] > p[threshold] && s[imaginary] >= 0 && before < 0 ? s[real] : 0;
  }

 private:
  SPIKEFAB_HD static i32 turned(i32 constant, i32 state) {
    return static_cast<i32>(i64{constant} * state >> 15);
  }
};

}  // namespace spikefab::compartments
