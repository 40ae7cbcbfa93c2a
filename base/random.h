// Counter-based random numbers: a pure function of (seed, stream, counter), the same on every
// engine and machine. Philox4x32-10 of Random123 [Salmon et al. 2011].
#pragma once

#include <Random123/philox.h>

#include "base/hd.h"

namespace spikefab {

// One 32-bit number. Use (core, neuron, tick, draw) or the like as the four counter words.
SPIKEFAB_HD inline u32 random_u32(u64 seed, u32 c0, u32 c1 = 0, u32 c2 = 0, u32 c3 = 0) {
  const r123::Philox4x32::ctr_type counter = {{c0, c1, c2, c3}};
  const r123::Philox4x32::key_type key = {{static_cast<u32>(seed), static_cast<u32>(seed >> 32)}};
  return r123::Philox4x32{}(counter, key)[0];
}

// A stream of numbers for host code that draws in sequence (generators, test data).
class RandomStream {
 public:
  explicit RandomStream(u64 seed, u32 stream = 0) : seed_(seed), stream_(stream) {}

  u32 next() { return random_u32(seed_, stream_, draw_++); }

  // Uniform in [low, high], inclusive; the bias of the multiplication is below 2^-32 * range.
  i32 between(i32 low, i32 high) {
    const u64 range = static_cast<u64>(static_cast<i64>(high) - low) + 1;
    return static_cast<i32>(low + static_cast<i64>((u64{next()} * range) >> 32));
  }

 private:
  u64 seed_;
  u32 stream_;
  u32 draw_ = 0;
};

}  // namespace spikefab
