// Where the synapses of an axon begin and how many there are. Random networks have rows of a
// synapse or two, of which spikes visit any: what counts is how much comes into the cache for each.
// So cores whose rows are all short have 8 axons in a word: from the lowest bit, where the first
// of them begins (32), then the lengths (4 each). Others have the program's table.
#pragma once

#include "base/hd.h"

namespace spikefab::sim::cpu {

inline constexpr u32 axons_per_word = 8;
inline constexpr u32 length_bits = 4;
inline constexpr u32 longest_short_row = (1 << length_bits) - 1;

struct Row {
  u32 begin;
  u32 length;
};

// Where all rows are short. The parameter keeps apart what is compiled for several instruction
// sets.
template <class Isa>
struct ShortRows {
  const u64* word;  // [axon / 8]

  const void* place(u32 axon) const { return word + axon / axons_per_word; }

  Row at(u32 axon) const {
    const u64 all = word[axon / axons_per_word];
    const u32 lengths = static_cast<u32>(all >> 32);
    const u32 shift = axon % axons_per_word * length_bits;
    const u32 before = lengths & ((1u << shift) - 1);
    const u32 pairs = (before & 0x0f0f0f0f) + (before >> 4 & 0x0f0f0f0f);
    const u32 sum = pairs * 0x01010101 >> 24;  // of its bytes, at most 7 * 15
    return {static_cast<u32>(all) + sum, lengths >> shift & longest_short_row};
  }
};

template <class Isa>
struct AnyRows {
  const u32* begin;  // [axon + 1]

  const void* place(u32 axon) const { return begin + axon; }
  Row at(u32 axon) const { return {begin[axon], begin[axon + 1] - begin[axon]}; }
};

// Where no row is longer than longest_short_row. `words`: one for 8 axons.
inline void write_short_rows(const u32* row_begin, u64 axons, u64* words) {
  for (u64 axon = 0; axon < axons; ++axon) {
    const u64 place = axon % axons_per_word;
    if (place == 0) words[axon / axons_per_word] = row_begin[axon];
    const u64 length = row_begin[axon + 1] - row_begin[axon];
    words[axon / axons_per_word] |= length << (32 + place * length_bits);
  }
}

}  // namespace spikefab::sim::cpu
