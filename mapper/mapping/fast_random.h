// Random numbers for the inner loops of mapping: xoshiro256++ [Blackman, Vigna 2021], begun with
// SplitMix64. The same on every machine, unlike the distributions and std::shuffle.
#pragma once

#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "base/hd.h"
#include "base/mix.h"

namespace spikefab {

class FastRandom {
 public:
  explicit FastRandom(u64 seed) {
    for (u64& word : state_) word = mix64(seed += 0x9e3779b97f4a7c15ull);
  }

  u64 next() {
    auto& [a, b, c, d] = state_;
    const u64 result = std::rotl(a + d, 23) + a;
    const u64 shifted = b << 17;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = std::rotl(d, 45);
    return result;
  }

  // Uniform in 0 .. count - 1, up to a bias of count * 2^-32.
  u32 below(u32 count) { return scaled(static_cast<u32>(next() >> 32), count); }

  // A uniform 32-bit number as one in 0 .. count - 1.
  static u32 scaled(u32 bits, u32 count) { return static_cast<u32>((u64{bits} * count) >> 32); }

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[below(static_cast<u32>(i))]);
    }
  }

 private:
  std::array<u64, 4> state_;
};

}  // namespace spikefab
