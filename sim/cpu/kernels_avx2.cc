// Kernels for AVX2. What is included stands before the target, so that it stays fit for all.
#ifdef __x86_64__
#include <immintrin.h>

#include "arch/synapse.h"
#include "compartment_models.h"
#include "neuron_models.h"
#include "sim/cpu/kernels.h"
#include "sim/cpu/synaptic_modes.h"
#include "sim/cpu/synaptic_views.h"
#include "sim/cpu/views.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,popcnt,bmi,bmi2"))), apply_to = function)
#else
#pragma GCC target("avx2,popcnt,bmi,bmi2")
#endif
#include "sim/cpu/core_tick.h"

namespace spikefab::sim::cpu {
namespace {

struct Avx2 {
  using Flag = i32;

  static u32 popcount(u64 x) { return static_cast<u32>(__builtin_popcountll(x)); }
  static u32 first_bit(u64 x) { return static_cast<u32>(__builtin_ctzll(x)); }

  // Writes first + bit for each bit of a word; returns the end.
  static u32* list_bits(u64 bits, u32 first, u32* to) {
    for (; bits != 0; bits &= bits - 1) *to++ = first + first_bit(bits);
    return to;
  }

  // 0xff where a bit of the low or high 32 is set.
  static __m256i spread(i32 bits) {
    const __m256i byte_of =
        _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit_of = _mm256_set1_epi64x(static_cast<i64>(0x8040201008040201));
    const __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), byte_of);
    return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit_of), bit_of);
  }

  // 64 counters of 8 bits.
  struct Counters {
    __m256i low;
    __m256i high;
    void clear() { low = high = _mm256_setzero_si256(); }
    void add(u64 bits) {
      low = _mm256_sub_epi8(low, spread(static_cast<i32>(bits)));
      high = _mm256_sub_epi8(high, spread(static_cast<i32>(bits >> 32)));
    }
    void store(u8* counts) const {
      _mm256_store_si256(reinterpret_cast<__m256i*>(counts), low);
      _mm256_store_si256(reinterpret_cast<__m256i*>(counts + 32), high);
    }
  };

  // 64 sums of 8 bits.
  struct Sums8 {
    __m256i low;
    __m256i high;
    void clear() { low = high = _mm256_setzero_si256(); }
    void add(u64 bits, const i8* weights) {
      const auto* weight = reinterpret_cast<const __m256i*>(weights);
      const __m256i of_low = _mm256_load_si256(weight);
      const __m256i of_high = _mm256_load_si256(weight + 1);
      low = _mm256_add_epi8(low, _mm256_and_si256(spread(static_cast<i32>(bits)), of_low));
      high = _mm256_add_epi8(high, _mm256_and_si256(spread(static_cast<i32>(bits >> 32)), of_high));
    }
    void store(i8* sums) const {
      _mm256_store_si256(reinterpret_cast<__m256i*>(sums), low);
      _mm256_store_si256(reinterpret_cast<__m256i*>(sums + 32), high);
    }
  };

  // A sum of counts.
  struct Total {
    __m256i sums;
    void clear() { sums = _mm256_setzero_si256(); }
    void add(__m256i counts) { sums = _mm256_add_epi64(sums, counts); }
    u64 value() const {
      const __m128i high = _mm256_extracti128_si256(sums, 1);
      const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sums), high);
      return static_cast<u64>(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
    }
  };

  // The bits of each byte counted, by a table for four of them.
  static __m256i count_bytes(__m256i x) {
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                           0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i four = _mm256_set1_epi8(15);
    const __m256i low = _mm256_and_si256(x, four);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(x, 4), four);
    return _mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));
  }

  // Counts the bits that columns have in common with words that are due.
  static void count_columns(const u64* columns, const DueWord* due, u32 words, u16* counts,
                            Total& total) {
    for (u32 n = 0; n < word_bits; n += 4) {
      __m256i count = _mm256_setzero_si256();
      for (u32 i = 0; i < words; ++i) {
        const u64* four = columns + due[i].word * word_bits + n;
        const __m256i common =
            _mm256_and_si256(_mm256_load_si256(reinterpret_cast<const __m256i*>(four)),
                             _mm256_set1_epi64x(static_cast<i64>(due[i].bits)));
        count =
            _mm256_add_epi64(count, _mm256_sad_epu8(count_bytes(common), _mm256_setzero_si256()));
      }
      total.add(count);
      const __m128i low = _mm256_castsi256_si128(count);
      const __m128i pairs = _mm_packus_epi32(low, _mm256_extracti128_si256(count, 1));
      const __m128i packed = _mm_packus_epi32(pairs, pairs);
      _mm_storel_epi64(reinterpret_cast<__m128i*>(counts + n), packed);
    }
  }

  // The lowest bits of 64 flags that are 0 or 1.
  static u64 mask(const Flag* flags) {
    u64 bits = 0;
    for (u32 i = 0; i < 8; ++i) {
      const __m256i some = _mm256_load_si256(reinterpret_cast<const __m256i*>(flags) + i);
      const __m256 signs = _mm256_castsi256_ps(_mm256_slli_epi32(some, 31));
      bits |= u64{static_cast<u32>(_mm256_movemask_ps(signs))} << (8 * i);
    }
    return bits;
  }

  static constexpr u32 row_words = 8;

  // Copies at most 8 values, and may write 8.
  static void copy_row(const u32* from, u32 count, u32* to) {
    const __m256i numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i some = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<i32>(count)), numbers);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        _mm256_maskload_epi32(reinterpret_cast<const i32*>(from), some));
  }
  static void fill_row(u32 value, u32* to) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_set1_epi32(static_cast<i32>(value)));
  }
};

}  // namespace

const Kernels avx2_kernels = {"AVX2", 256, 14, &run_cores_of<Avx2>, synaptic_kernels_of<Avx2>()};

}  // namespace spikefab::sim::cpu
#ifdef __clang__
#pragma clang attribute pop
#endif
#endif
