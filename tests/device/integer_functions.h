// What the integer instructions of PTX compute, for one lane.
#pragma once

#include <algorithm>
#include <bit>
#include <type_traits>

#include "base/hd.h"

namespace spikefab::ptx {

template <class T>
using Wide = std::conditional_t<
    sizeof(T) == 8, std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>,
    std::conditional_t<sizeof(T) == 4, std::conditional_t<std::is_signed_v<T>, i64, u64>,
                       std::conditional_t<std::is_signed_v<T>, i32, u32>>>;
template <class T>
constexpr u32 bits_of = sizeof(T) * 8;

inline constexpr auto add = []<class T>(T a, T b) { return static_cast<T>(a + b); };
inline constexpr auto subtract = []<class T>(T a, T b) { return static_cast<T>(a - b); };
// Wide enough that a product is no signed overflow.
template <class T>
using Product = std::conditional_t<sizeof(T) == 8, u64, u32>;
inline constexpr auto multiply_low = []<class T>(T a, T b) {
  return static_cast<T>(static_cast<Product<T>>(a) * b);
};
inline constexpr auto multiply_high = []<class T>(T a, T b) {
  return static_cast<T>((Wide<T>{a} * b) >> bits_of<T>);
};
inline constexpr auto multiply_wide = []<class T>(T a, T b) { return Wide<T>{a} * b; };
// Division by zero is undefined in PTX; GPUs give all ones.
inline constexpr auto divide = []<class T>(T a, T b) -> T {
  if (b == 0) return static_cast<T>(~T{0});
  if (std::is_signed_v<T> && b == static_cast<T>(-1))
    return static_cast<T>(u64{0} - static_cast<u64>(a));
  return static_cast<T>(a / b);
};
inline constexpr auto remainder = []<class T>(T a, T b) -> T {
  if (b == 0) return a;
  if (std::is_signed_v<T> && b == static_cast<T>(-1)) return 0;
  return static_cast<T>(a % b);
};
inline constexpr auto minimum = [](auto a, auto b) { return a < b ? a : b; };
inline constexpr auto maximum = [](auto a, auto b) { return a < b ? b : a; };
inline constexpr auto bit_and = [](auto a, auto b) { return a & b; };
inline constexpr auto bit_or = [](auto a, auto b) { return a | b; };
inline constexpr auto bit_xor = [](auto a, auto b) { return a ^ b; };
inline constexpr auto shift_left = []<class T>(T a, u32 n) {
  return static_cast<T>(n < bits_of<T> ? static_cast<u64>(a) << n : 0);
};
inline constexpr auto shift_right = []<class T>(T a, u32 n) {
  if constexpr (std::is_signed_v<T>)
    return static_cast<T>(a >> (n < bits_of<T> ? n : bits_of<T> - 1));
  else
    return static_cast<T>(n < bits_of<T> ? a >> n : 0);
};
inline constexpr auto negate = [](auto a) { return u64{0} - static_cast<u64>(a); };
inline constexpr auto complement = [](auto a) { return ~a; };
inline constexpr auto copy = [](auto a) { return a; };
inline constexpr auto absolute = [](auto a) {
  return a < 0 ? u64{0} - static_cast<u64>(a) : static_cast<u64>(a);
};

// Without branches and table, so that g++ makes vector code of it.
inline constexpr auto count_bits = [](u64 x) {
  x -= x >> 1 & 0x5555555555555555;
  x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return x * 0x0101010101010101 >> 56;
};
inline constexpr auto count_bits_32 = [](u32 x) {
  x -= x >> 1 & 0x55555555;
  x = (x & 0x33333333) + (x >> 2 & 0x33333333);
  x = (x + (x >> 4)) & 0x0f0f0f0f;
  return x * 0x01010101 >> 24;
};
inline constexpr auto leading_zeros = []<class T>(T a) {
  return std::countl_zero(static_cast<std::make_unsigned_t<T>>(a));
};
inline constexpr auto reverse_bits = []<class T>(T a) {
  T reversed = 0;
  for (u32 bit = 0; bit < bits_of<T>; ++bit)
    reversed = static_cast<T>(reversed << 1 | (a >> bit & 1));
  return reversed;
};
// The position of the highest bit that differs from the sign; all ones if there is none.
inline constexpr auto find_bit = []<class T>(T a) -> u32 {
  const auto bits = static_cast<std::make_unsigned_t<T>>(a < 0 ? ~a : a);
  return bits == 0 ? ~0u : bits_of<T> - 1 - static_cast<u32>(std::countl_zero(bits));
};
inline constexpr auto find_shift = []<class T>(T a) -> u32 {
  const u32 found = find_bit(a);
  return found == ~0u ? found : bits_of<T> - 1 - found;
};
inline constexpr auto extract = []<class T>(T a, u32 from, u32 length) -> T {
  from &= 255;
  length &= 255;
  constexpr u32 n = bits_of<T>;
  if (length == 0) return 0;
  using U = std::make_unsigned_t<T>;
  const bool sign =
      std::is_signed_v<T> && (static_cast<U>(a) >> std::min(from + length - 1, n - 1) & 1) != 0;
  const U filled = sign ? static_cast<U>(~U{0}) : U{0};
  const U low = from < n ? static_cast<U>(static_cast<U>(a) >> from) : U{0};
  const u32 kept = std::min(length, from < n ? n - from : 0);
  if (kept == 0) return static_cast<T>(filled);
  const U mask = static_cast<U>(static_cast<U>(~U{0}) >> (n - kept));
  return static_cast<T>((low & mask) | (filled & static_cast<U>(~mask)));
};
inline constexpr auto choose_bytes = [](u32 a, u32 b, u32 selectors) {
  const u64 bytes = u64{b} << 32 | a;
  u32 result = 0;
  for (u32 n = 0; n < 4; ++n) {
    const u32 selector = selectors >> (4 * n) & 15;
    u32 byte = static_cast<u32>(bytes >> (8 * (selector & 7))) & 255;
    if ((selector & 8) != 0) byte = (byte & 128) != 0 ? 255 : 0;
    result |= byte << (8 * n);
  }
  return result;
};
template <bool left, bool clamp>
inline constexpr auto funnel = [](u32 low, u32 high, u32 n) {
  n = clamp ? (n < 32 ? n : 32) : n & 31;
  const u64 both = u64{high} << 32 | low;
  return static_cast<u32>(left ? (both << n) >> 32 : both >> n);
};
inline constexpr auto absolute_difference = []<class T>(T a, T b, T c) {
  return static_cast<u64>(c) + (a < b ? static_cast<u64>(b) - static_cast<u64>(a)
                                      : static_cast<u64>(a) - static_cast<u64>(b));
};
template <class A, class B>
inline constexpr auto dot4 = [](u32 a, u32 b, u32 c) {
  for (u32 n = 0; n < 32; n += 8)
    c += static_cast<u32>(static_cast<A>(a >> n) * static_cast<B>(b >> n));
  return c;
};
template <class A, class B, u32 half>
inline constexpr auto dot2 = [](u32 a, u32 b, u32 c) {
  using A16 = std::conditional_t<std::is_signed_v<A>, i16, u16>;
  for (u32 n = 0; n < 2; ++n) {
    c += static_cast<u32>(static_cast<A16>(a >> (16 * n)) *
                          static_cast<B>(b >> (8 * n + 16 * half)));
  }
  return c;
};

}  // namespace spikefab::ptx
