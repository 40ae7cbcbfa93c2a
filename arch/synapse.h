// One synapse of a core with synaptic memory, in 32 bits. Its value is mantissa * 2^exponent,
// floored before anything is summed, as in Loihi [Davies et al. 2018; nengo-loihi, brian2-loihi].
#pragma once

#include "base/hd.h"

namespace spikefab {

inline constexpr u32 max_accumulators = 8192;  // neurons x inputs of a core
inline constexpr u32 max_synapse_delay = 62;   // ticks; 64 slots
inline constexpr i32 min_mantissa = -256;
inline constexpr i32 max_mantissa = 255;
inline constexpr i32 min_exponent = -8;
inline constexpr i32 max_exponent = 7;

struct StoredSynapse {
  u32 accumulator = 0;  // neuron of the core * inputs of its model + input
  u32 delay = 0;        // a spike of tick t is added to the input of tick t + 1 + delay
  i32 mantissa = 0;
  i32 exponent = 0;
  bool operator==(const StoredSynapse&) const = default;
};

// Bits from the lowest: accumulator 13, delay 6, exponent 4, mantissa 9.
SPIKEFAB_HD constexpr u32 packed(const StoredSynapse& s) {
  return s.accumulator | s.delay << 13 | (static_cast<u32>(s.exponent) & 0xf) << 19 |
         static_cast<u32>(s.mantissa) << 23;
}

SPIKEFAB_HD constexpr u32 accumulator_of(u32 synapse) { return synapse & 0x1fff; }
SPIKEFAB_HD constexpr u32 delay_of(u32 synapse) { return synapse >> 13 & 0x3f; }
SPIKEFAB_HD constexpr i32 exponent_of(u32 synapse) {
  return static_cast<i32>(synapse << 9) >>
         28;  // shifts of negative numbers are arithmetic in C++20
}
SPIKEFAB_HD constexpr i32 mantissa_of(u32 synapse) { return static_cast<i32>(synapse) >> 23; }

SPIKEFAB_HD constexpr StoredSynapse unpacked(u32 synapse) {
  return {accumulator_of(synapse), delay_of(synapse), mantissa_of(synapse), exponent_of(synapse)};
}

// What a spike of payload 1 adds: floor(mantissa * 2^exponent), limited to 16 bits with a symmetric
// range. Loihi's accumulators hold 64 times this.
SPIKEFAB_HD constexpr i32 synapse_value(i32 mantissa, i32 exponent) {
  constexpr i32 limit = (1 << 15) - 1;
  const i32 value = exponent < 0 ? mantissa >> -exponent : mantissa * (1 << exponent);
  return value < -limit ? -limit : value > limit ? limit : value;
}

SPIKEFAB_HD constexpr i32 value_of(u32 synapse) {
  return synapse_value(mantissa_of(synapse), exponent_of(synapse));
}

}  // namespace spikefab
