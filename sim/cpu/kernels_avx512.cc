// Kernels for AVX-512 with VPOPCNTDQ and VBMI2 (Ice Lake, Zen 4 and later). What is included stands
// before the target, so that it stays fit for all.
#ifdef __x86_64__
#include <immintrin.h>

#include "arch/synapse.h"
#include "compartment_models.h"
#include "neuron_models.h"
#include "sim/cpu/kernels.h"
#include "sim/cpu/synaptic_modes.h"
#include "sim/cpu/synaptic_views.h"
#include "sim/cpu/views.h"

// "Undefined" operands of the compiler's own intrinsics:
// https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#ifdef __clang__
#pragma clang attribute push(                                                                \
    __attribute__((target(                                                                   \
        "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,avx512vbmi2,bmi,bmi2,popcnt"))), \
    apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,avx512vbmi2,bmi,bmi2,popcnt")
#pragma GCC target("prefer-vector-width=512")
#endif
#include "sim/cpu/core_tick.h"

namespace spikefab::sim::cpu {
namespace {

struct BitNumbers {
  u8 of[word_bits] = {};
  constexpr BitNumbers() {
    for (u32 i = 0; i < word_bits; ++i) of[i] = static_cast<u8>(i);
  }
};

struct Avx512 {
  using Flag = i32;

  static u32 popcount(u64 x) { return static_cast<u32>(__builtin_popcountll(x)); }
  static u32 first_bit(u64 x) { return static_cast<u32>(__builtin_ctzll(x)); }

  // Writes first + bit for each bit of a word; returns the end. May write 64 values beyond it.
  static u32* list_bits(u64 bits, u32 first, u32* to) {
    alignas(64) static constexpr BitNumbers number;
    const __m512i base = _mm512_set1_epi32(static_cast<i32>(first));
    const __m512i listed = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(number.of));
    const auto store = [&](u32 i, __m128i sixteen) {
      _mm512_storeu_si512(to + i, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(sixteen)));
    };
    const u32 count = popcount(bits);
    store(0, _mm512_castsi512_si128(listed));
    if (count > 16) {  // seldom, and then without branches that cannot be predicted
      store(16, _mm512_extracti32x4_epi32(listed, 1));
      store(32, _mm512_extracti32x4_epi32(listed, 2));
      store(48, _mm512_extracti32x4_epi32(listed, 3));
    }
    return to + count;
  }

  // 64 counters of 8 bits.
  struct Counters {
    __m512i counts;
    void clear() { counts = _mm512_setzero_si512(); }
    void add(u64 bits) { counts = _mm512_sub_epi8(counts, _mm512_movm_epi8(bits)); }
    void store(u8* to) const { _mm512_store_si512(to, counts); }
  };

  // 64 sums of 8 bits.
  struct Sums8 {
    __m512i sums;
    void clear() { sums = _mm512_setzero_si512(); }
    void add(u64 bits, const i8* weights) {
      sums = _mm512_mask_add_epi8(sums, bits, sums, _mm512_load_si512(weights));
    }
    void store(i8* to) const { _mm512_store_si512(to, sums); }
  };

  // A sum of counts.
  struct Total {
    __m512i sums;
    void clear() { sums = _mm512_setzero_si512(); }
    void add(__m512i counts) { sums = _mm512_add_epi64(sums, counts); }
    u64 value() const { return static_cast<u64>(_mm512_reduce_add_epi64(sums)); }
  };

  // Counts the bits that columns have in common with words that are due.
  static void count_columns(const u64* columns, const DueWord* due, u32 words, u16* counts,
                            Total& total) {
    for (u32 n = 0; n < word_bits; n += 8) {
      __m512i count = _mm512_setzero_si512();
      for (u32 i = 0; i < words; ++i) {
        const __m512i eight = _mm512_load_si512(columns + due[i].word * word_bits + n);
        const __m512i bits = _mm512_set1_epi64(static_cast<i64>(due[i].bits));
        count = _mm512_add_epi64(count, _mm512_popcnt_epi64(_mm512_and_si512(eight, bits)));
      }
      total.add(count);
      _mm_store_si128(reinterpret_cast<__m128i*>(counts + n), _mm512_cvtepi64_epi16(count));
    }
  }

  // The lowest bits of 64 flags that are 0 or 1.
  static u64 mask(const Flag* flags) {
    u64 bits = 0;
    for (u32 i = 0; i < 4; ++i) {
      const __m512i some = _mm512_load_si512(flags + 16 * i);
      bits |= u64{_mm512_test_epi32_mask(some, some)} << (16 * i);
    }
    return bits;
  }

  static constexpr u32 row_words = 16;

  // Copies at most 16 values, and may write 16.
  static void copy_row(const u32* from, u32 count, u32* to) {
    const __mmask16 some = static_cast<__mmask16>(_bzhi_u32(0xffff, count));
    _mm512_storeu_si512(to, _mm512_maskz_loadu_epi32(some, from));
  }
  static void fill_row(u32 value, u32* to) {
    _mm512_storeu_si512(to, _mm512_set1_epi32(static_cast<i32>(value)));
  }
};

}  // namespace

const Kernels avx512_kernels = {"AVX-512", 512, 19, &run_cores_of<Avx512>,
                                synaptic_kernels_of<Avx512>()};

}  // namespace spikefab::sim::cpu
#ifdef __clang__
#pragma clang attribute pop
#endif
#endif
