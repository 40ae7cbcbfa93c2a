// Integer arithmetic of neuron models, the same on host and device.
#pragma once

#include "base/hd.h"

namespace spikefab {

// Two's complement in `bits` bits, sign included.
SPIKEFAB_HD constexpr i32 wrap_to(i32 x, u32 bits) {
  return static_cast<i32>(static_cast<u32>(x) << (32 - bits)) >> (32 - bits);
}

SPIKEFAB_HD constexpr i32 clamp_to(i64 x, i32 low, i32 high) {
  return static_cast<i32>(x < low ? low : x > high ? high : x);
}

// x * factor / 2^bits, rounded towards zero; 0 <= factor <= 2^16. Wraps if that is beyond 32 bits.
SPIKEFAB_HD constexpr i32 scale_towards_zero(i32 x, i32 factor, u32 bits) {
  const u64 magnitude = static_cast<u64>(x < 0 ? -static_cast<i64>(x) : x);
  const auto scaled = static_cast<i32>(magnitude * static_cast<u64>(factor) >> bits);
  return x < 0 ? wrap_sub(0, scaled) : scaled;
}

// x * 2^exponent, rounded towards zero.
SPIKEFAB_HD constexpr i32 shift_towards_zero(i32 x, i32 exponent) {
  if (exponent >= 0) return static_cast<i32>(static_cast<u32>(x) << exponent);
  const auto magnitude = static_cast<i32>((x < 0 ? -i64{x} : i64{x}) >> -exponent);
  return x < 0 ? wrap_sub(0, magnitude) : magnitude;
}

}  // namespace spikefab
