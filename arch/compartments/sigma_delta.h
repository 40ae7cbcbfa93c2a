// Sigma-delta neuron: sums what it receives, applies a rectifier, and sends the change of its
// activation when that is large enough; what it does not send remains as a residue.
// Source: Lava, PySigmaDeltaModelFixed; the variant with residue, which chip captures in lava-dl
// show.
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct SigmaDelta {
  static constexpr std::string_view name = "sigma_delta";
  static constexpr std::string_view help =
      "sigma-delta neuron with graded spikes, for converted ANNs";

  static constexpr i32 limit = (1 << 23) - 1;
  static constexpr std::array params = {
      ParamSpec{"threshold", 1, 0, limit, "", "sends changes of at least this size"},
      ParamSpec{"bias", 0, -limit, limit, "", "added to the sum"},
      ParamSpec{"state_exponent", 0, 0, 15, "", "payload = change / 2^state_exponent, floored"},
      ParamSpec{"rectify", 1, 0, 1, "", "1: an activation is never below 0"},
      ParamSpec{"cumulative_error", 0, 0, 1, "",
                "1: sends when the changes since the last spike sum up to the threshold"},
  };
  enum : u32 { threshold, bias, state_exponent, rectify, cumulative_error };
  enum : u32 { activation, sigma, residue, error, state_words };
  static constexpr u32 inputs = 1;

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom&) {
    s[sigma] = wrap_add(s[sigma], input[0]);
    const i32 sum = wrap_add(s[sigma], p[bias]);
    const i32 act = p[rectify] != 0 && sum < 0 ? 0 : sum;
    const i32 change = wrap_add(wrap_sub(act, s[activation]), s[residue]);
    const i32 measured = p[cumulative_error] != 0 ? wrap_add(s[error], change) : change;
    const bool is_large = measured >= p[threshold] || wrap_sub(0, measured) >= p[threshold];
    const i32 sent = is_large ? change : 0;
    s[error] = p[cumulative_error] != 0 && sent == 0 ? measured : 0;
    s[residue] = wrap_sub(change, sent);
    s[activation] = act;
    return sent >> p[state_exponent];
  }
};

}  // namespace spikefab::compartments
