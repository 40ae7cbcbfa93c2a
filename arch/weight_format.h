// How Loihi stores the mantissa of a weight: sign modes and reduced precision. Source: Lava's
// weight truncation, which nengo-loihi and brian2-loihi share where they can (facts differ only for
// odd negative weights of mixed sign).
#pragma once

#include "base/hd.h"

namespace spikefab {

enum class SignMode : u8 { mixed = 1, excitatory = 2, inhibitory = 3 };

// The bits of a weight's magnitude that are lost when `bits` (0..8) are stored; mixed signs need
// one of the bits for the sign.
constexpr u32 lost_bits(SignMode mode, u32 bits) {
  return 8 - bits + (mode == SignMode::mixed ? 1 : 0);
}

// The mantissa (-256..255) that the memory holds of weight w: floored, or for inhibitory weights
// rounded towards zero.
constexpr i32 stored_mantissa(i32 w, SignMode mode, u32 bits) {
  const u32 lost = lost_bits(mode, bits);
  if (mode == SignMode::inhibitory) return -((-w >> lost) * (1 << lost));
  return (w >> lost) * (1 << lost);
}

}  // namespace spikefab
