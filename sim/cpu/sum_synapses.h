// The synapses of the spikes that are due in a core, by events or by population counts. Part of
// sim/cpu/core_tick.h, which says what holds for all of it.
#pragma once

#include "sim/cpu/views.h"

namespace spikefab::sim::cpu {

// Takes the waiting spikes of one slot, core and replica. Their rows are fetched into the cache
// while the core before is at work.
template <class Isa>
void take_due(const ChipView& chip, const CoreView& core, u64* waiting, Due& due) {
  due.words = 0;
  due.spikes = 0;
  for (u32 w = 0; w < chip.axon_words; ++w) {
    const u64 bits = waiting[w];
    if (bits == 0) continue;
    waiting[w] = 0;
    due.spikes += Isa::popcount(bits);
    due.word[due.words++] = {bits, w, due.spikes};
  }
  due.by_popcount = due.spikes >= chip.popcount_from * due.words;
  if (due.by_popcount) return;
  u32* end = due.place;
  for (u32 i = 0; i < due.words; ++i) {
    end = Isa::list_bits(due.word[i].bits, due.word[i].word * word_bits, end);
  }
  u64 synapses = 0;
  for (u32 i = 0; i < due.spikes; ++i) {
    __builtin_prefetch(core.rows + u64{due.place[i]} * core.neuron_words);
    synapses += core.connections[due.place[i]];
  }
  due.synapses = synapses;
}

template <class Isa>
const i16* weights_of(const ChipView& chip, const CoreView& core, u32 type, u32 word, i16) {
  return chip.weights16 + u64{core.weight_block[type * core.neuron_words + word]} * word_bits;
}
template <class Isa>
const i32* weights_of(const ChipView& chip, const CoreView& core, u32 type, u32 word, i32) {
  return chip.weights32 + u64{core.weight_block[type * core.neuron_words + word]} * word_bits;
}

// Adds counts times weights, in the modulus of Sum.
template <class Isa, class Sum, class Count>
void add_weighted(Sum* __restrict sums, const Count* __restrict counts,
                  const Sum* __restrict weights) {
  for (u32 n = 0; n < word_bits; ++n) {
    sums[n] = static_cast<Sum>(static_cast<u32>(sums[n]) +
                               static_cast<u32>(counts[n]) * static_cast<u32>(weights[n]));
  }
}

// Counts the connections of rows to 64 * Words neurons and weights them. At most 255 rows, all of
// one type.
template <class Isa, u32 Words, class Sum>
void add_rows(const ChipView& chip, const CoreView& core, u32 type, u32 word, const u32* place,
              u32 rows, Sum* sums) {
  typename Isa::Counters counters[Words];
  for (auto& of_word : counters) of_word.clear();
  for (u32 i = 0; i < rows; ++i) {
    const u64* row = core.rows + u64{place[i]} * core.neuron_words + word;
    for (u32 b = 0; b < Words; ++b) counters[b].add(row[b]);
  }
  for (u32 b = 0; b < Words; ++b) {
    alignas(64) u8 counts[word_bits];
    counters[b].store(counts);
    add_weighted<Isa>(sums + (word + b) * word_bits, counts,
                      weights_of<Isa>(chip, core, type, word + b, Sum{}));
  }
}

// Event-driven: visits the rows of the axons that spiked. Costs what the activity costs.
template <class Isa, class Sum>
void add_events(const ChipView& chip, const CoreView& core, const Due& due, Sum* sums) {
  constexpr u32 most_rows = 255;  // what a counter of 8 bits holds
  u32 begin = 0;
  for (u32 i = 0; i < due.words;) {
    const u32 type = core.word_type[due.word[i].word];
    u32 end = due.word[i++].end;
    while (i < due.words && due.word[i].end - begin <= most_rows &&
           core.word_type[due.word[i].word] == type) {
      end = due.word[i++].end;
    }
    const u32* place = due.place + begin;
    u32 b = 0;
    for (; b + 4 <= core.neuron_words; b += 4) {
      add_rows<Isa, 4>(chip, core, type, b, place, end - begin, sums);
    }
    for (; b < core.neuron_words; ++b) {
      add_rows<Isa, 1>(chip, core, type, b, place, end - begin, sums);
    }
    begin = end;
  }
}

// Event-driven for few spikes of small weights: sums the weights themselves, in 8 bits.
template <class Isa, u32 Words>
void add_rows8(const ChipView& chip, const CoreView& core, const Due& due, u32 word, i8* sums) {
  typename Isa::Sums8 sum[Words];
  for (auto& of_word : sum) of_word.clear();
  const u64* rows = core.rows + word;
  const i8* weights = chip.weights8 + (u64{core.weight_block8} + word) * word_bits;
  for (u32 i = 0; i < due.spikes; ++i) {
    const u64 type = core.word_type[due.place[i] / word_bits];
    const u64* row = rows + u64{due.place[i]} * core.neuron_words;
    const i8* of_type = weights + type * core.neuron_words * word_bits;
    for (u32 b = 0; b < Words; ++b) sum[b].add(row[b], of_type + b * word_bits);
  }
  for (u32 b = 0; b < Words; ++b) sum[b].store(sums + (word + b) * word_bits);
}

template <class Isa>
void add_events8(const ChipView& chip, const CoreView& core, const Due& due, i8* sums) {
  u32 b = 0;
  for (; b + 4 <= core.neuron_words; b += 4) add_rows8<Isa, 4>(chip, core, due, b, sums);
  for (; b < core.neuron_words; ++b) add_rows8<Isa, 1>(chip, core, due, b, sums);
}

// By population counts: visits every synapse of the words that are due, 64 at a time; returns how
// many are connected.
template <class Isa, class Sum>
u64 add_popcounts(const ChipView& chip, const CoreView& core, const Due& due, Sum* sums) {
  typename Isa::Total synapses;
  synapses.clear();
  constexpr u32 most_words = 512;  // counts stay below 2^16
  for (u32 i = 0; i < due.words;) {
    const DueWord* first = due.word + i;
    const u32 type = core.word_type[first->word];
    u32 words = 1;
    while (i + words < due.words && words < most_words &&
           core.word_type[first[words].word] == type) {
      ++words;
    }
    for (u32 b = 0; b < core.neuron_words; ++b) {
      alignas(64) u16 counts[word_bits];
      const u64* columns = core.columns + u64{b} * chip.axon_words * word_bits;
      Isa::count_columns(columns, first, words, counts, synapses);
      add_weighted<Isa>(sums + b * word_bits, counts, weights_of<Isa>(chip, core, type, b, Sum{}));
    }
    i += words;
  }
  return synapses.value();
}

}  // namespace spikefab::sim::cpu
