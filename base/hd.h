// What code for both the host and the GPU needs: SPIKEFAB_HD, fixed-width integers, wrapping sums.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __CUDACC__
#define SPIKEFAB_HD __host__ __device__
#else
#define SPIKEFAB_HD
#endif

namespace spikefab {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

// Two's-complement sums: potentials wrap at 2^32, defined on every engine (facts: RANC leaves
// overflow undefined).
SPIKEFAB_HD constexpr i32 wrap_add(i32 a, i32 b) {
  return static_cast<i32>(static_cast<u32>(a) + static_cast<u32>(b));
}
SPIKEFAB_HD constexpr i32 wrap_sub(i32 a, i32 b) {
  return static_cast<i32>(static_cast<u32>(a) - static_cast<u32>(b));
}

SPIKEFAB_HD constexpr u64 divide_up(u64 a, u64 b) { return (a + b - 1) / b; }

inline constexpr u32 word_bits = 64;  // bits of spikes and connections in one word
SPIKEFAB_HD constexpr u32 words_for(u64 bits) {
  return static_cast<u32>(divide_up(bits, word_bits));
}

}  // namespace spikefab
