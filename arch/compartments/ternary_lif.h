// Loihi 2's leaky integrate-and-fire neuron with signed spikes: +1 above the upper threshold, -1
// below the lower one, both strict. Source: Lava, PyTernLifModelFixed.
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct TernaryLif {
  static constexpr std::string_view name = "ternary_lif";
  static constexpr std::string_view help = "Loihi 2 leaky integrate-and-fire with spikes of +1, -1";

  static constexpr std::array params = {
      ParamSpec{"decay_u", 0, 0, 4096, "1/4096", "of the current, per tick"},
      ParamSpec{"decay_v", 0, 0, 4096, "1/4096", "of the potential, per tick"},
      ParamSpec{"bias", 0, -(1 << 22), (1 << 22) - 1, "", "added to the potential every tick"},
      ParamSpec{"upper_threshold", 100, -131072, 131071, "64", "spike of +1 above it * 64"},
      ParamSpec{"lower_threshold", -100, -131072, 131071, "64", "spike of -1 below it * 64"},
  };
  enum : u32 { decay_u, decay_v, bias, upper_threshold, lower_threshold };
  enum : u32 { v, u, state_words };
  static constexpr u32 inputs = 1;

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom&) {
    constexpr i32 limit = (1 << 23) - 1;
    const i32 q = wrap_to(static_cast<i32>(static_cast<u32>(input[0]) << 6), 22);
    s[u] = wrap_to(scale_towards_zero(s[u], 4096 - p[decay_u], 12) + q, 24);
    const i32 decayed = scale_towards_zero(s[v], 4096 - p[decay_v], 12);
    s[v] = clamp_to(i64{decayed} + s[u] + p[bias], -limit, limit);
    const i32 spike =
        (s[v] > p[upper_threshold] * 64 ? 1 : 0) - (s[v] < p[lower_threshold] * 64 ? 1 : 0);
    if (spike != 0) s[v] = 0;
    return spike;
  }
};

}  // namespace spikefab::compartments
