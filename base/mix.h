// The order-independent digest: a sum of mixed (kind, index, value) terms modulo 2^64.
#pragma once

#include "base/hd.h"

namespace spikefab {

// Finaliser of SplitMix64 [Steele, Lea, Flood 2014, Fig. 16]: every output bit depends on every
// input bit.
SPIKEFAB_HD constexpr u64 mix64(u64 x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

// What a term of a digest is about; part of the file format of golden digests.
enum class DigestKind : u64 { neuron_state = 1, waiting_spikes = 2, output = 3, accumulator = 4 };

// Zero values add nothing, so that what a program does not hold need not be visited.
SPIKEFAB_HD constexpr u64 digest_term(DigestKind kind, u64 index, u64 value) {
  if (value == 0) return 0;
  return mix64(mix64((static_cast<u64>(kind) << 56) ^ index) ^ value);
}

}  // namespace spikefab
