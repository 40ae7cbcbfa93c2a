// Kernels for any machine: 64-bit words, and loops that compilers vectorise by themselves.
#include "sim/cpu/core_tick.h"
#include "sim/cpu/kernels.h"

namespace spikefab::sim::cpu {
namespace {

// [byte] its bits as the lowest bits of eight bytes.
struct SpreadBits {
  u64 of[256] = {};
  constexpr SpreadBits() {
    for (u64 byte = 0; byte < 256; ++byte) {
      for (u64 bit = 0; bit < 8; ++bit) of[byte] |= (byte >> bit & 1) << (8 * bit);
    }
  }
};
constexpr SpreadBits spread;

// The bits of each byte counted [Warren, Hacker's Delight, 5-1].
u64 count_bytes(u64 x) {
  x -= x >> 1 & 0x5555555555555555;
  x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
  return (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
}

struct Portable {
  using Flag = u8;

  static u32 popcount(u64 x) { return static_cast<u32>(count_bytes(x) * 0x0101010101010101 >> 56); }
  static u32 first_bit(u64 x) { return static_cast<u32>(__builtin_ctzll(x)); }

  // Writes first + bit for each bit of a word; returns the end.
  static u32* list_bits(u64 bits, u32 first, u32* to) {
    for (; bits != 0; bits &= bits - 1) *to++ = first + first_bit(bits);
    return to;
  }

  // 64 counters of 8 bits.
  struct Counters {
    u64 eight[8];
    void clear() {
      for (u64& bytes : eight) bytes = 0;
    }
    void add(u64 bits) {
      for (u32 i = 0; i < 8; ++i) eight[i] += spread.of[bits >> (8 * i) & 255];
    }
    void store(u8* counts) const {
      for (u32 n = 0; n < word_bits; ++n) counts[n] = static_cast<u8>(eight[n / 8] >> (n % 8 * 8));
    }
  };

  // 64 sums of 8 bits.
  struct Sums8 {
    u64 eight[8];
    void clear() {
      for (u64& bytes : eight) bytes = 0;
    }
    void add(u64 bits, const i8* weights) {
      constexpr u64 high = 0x8080808080808080;  // added apart, so that no byte carries into another
      for (u32 i = 0; i < 8; ++i) {
        u64 weight;
        __builtin_memcpy(&weight, weights + 8 * i, sizeof weight);
        weight &= spread.of[bits >> (8 * i) & 255] * 255;
        eight[i] = ((eight[i] & ~high) + (weight & ~high)) ^ ((eight[i] ^ weight) & high);
      }
    }
    void store(i8* sums) const { __builtin_memcpy(sums, eight, sizeof eight); }
  };

  // A sum of counts.
  struct Total {
    u64 sum;
    void clear() { sum = 0; }
    u64 value() const { return sum; }
  };

  // Counts the bits that columns have in common with words that are due.
  static void count_columns(const u64* columns, const DueWord* due, u32 words, u16* counts,
                            Total& total) {
    for (u32 n = 0; n < word_bits; ++n) {
      u32 count = 0;
      for (u32 i = 0; i < words; ++i) {
        count += popcount(columns[due[i].word * word_bits + n] & due[i].bits);
      }
      counts[n] = static_cast<u16>(count);
      total.sum += count;
    }
  }

  // The lowest bits of 64 flags that are 0 or 1.
  static u64 mask(const Flag* flags) {
    u64 bits = 0;
    for (u32 i = 0; i < 8; ++i) {
      u64 eight = 0;
      for (u32 k = 0; k < 8; ++k) eight |= u64{flags[8 * i + k]} << (8 * k);
      bits |= (eight * 0x0102040810204080 >> 56) << (8 * i);
    }
    return bits;
  }

  static constexpr u32 row_words = 4;

  // Copies at most 4 values, and may write 4.
  static void copy_row(const u32* from, u32 count, u32* to) {
    for (u32 i = 0; i < count; ++i) to[i] = from[i];
  }
  static void fill_row(u32 value, u32* to) {
    for (u32 i = 0; i < row_words; ++i) to[i] = value;
  }
};

}  // namespace

const Kernels portable_kernels = {"portable", 64, 40, &run_cores_of<Portable>,
                                  synaptic_kernels_of<Portable>()};

}  // namespace spikefab::sim::cpu
