// Adds the synapses of axons that spiked to accumulators. Rows of random networks are short, one or
// two synapses, and processors cannot foresee how long: rows are copied one after another without
// a branch, and then decoded many at a time. Part of sim/cpu/core_tick.h.
#pragma once

#include "arch/synapse.h"
#include "sim/cpu/row_index.h"
#include "sim/cpu/synaptic_views.h"

namespace spikefab::sim::cpu {

inline constexpr u32 synapses_at_once = 64;

template <class Isa>
u32 axon_of(u32 spike) {
  return spike;
}
template <class Isa>
u32 axon_of(const GradedSpike& spike) {
  return spike.axon;
}
template <class Isa>
u32 payload_of(u32) {
  return 1;
}
template <class Isa>
u32 payload_of(const GradedSpike& spike) {
  return static_cast<u32>(spike.payload);
}

// Decoded synapses: what each adds to which accumulator of the core.
struct Sums {
  alignas(64) u32 place[synapses_at_once];
  alignas(64) u32 amount[synapses_at_once];
};

template <class Isa>
void decode(const RowSums& to, const u32* synapse, Sums& sums) {
  const u32 now = to.now;
  const u32 slots = to.slots;
  const u32 stride = to.stride;
  for (u32 i = 0; i < synapses_at_once; ++i) {
    const u32 later = now + delay_of(synapse[i]);
    const u32 wrapped = later - slots;  // huge if it does not wrap
    sums.place[i] = (later < wrapped ? later : wrapped) * stride + accumulator_of(synapse[i]);
    sums.amount[i] = static_cast<u32>(value_of(synapse[i]));
  }
}

template <class Isa>
void add_sums(const Sums& sums, i32* accumulators) {
  for (u32 i = 0; i < synapses_at_once; ++i) {
    i32& sum = accumulators[sums.place[i]];
    sum = static_cast<i32>(static_cast<u32>(sum) + sums.amount[i]);
  }
}

// Adds 64 synapses of rows that were copied, with a payload for each.
template <class Isa>
void add_copied(const RowSums& to, const u32* synapse, const u32* payload) {
  Sums sums;
  decode<Isa>(to, synapse, sums);
  if (payload != nullptr) {
    for (u32 i = 0; i < synapses_at_once; ++i) sums.amount[i] *= payload[i];
  }
  add_sums<Isa>(sums, to.accumulators);
}

// Adds 64 synapses of one row. Those of dense layers reach neurons that stand side by side.
template <class Isa>
void add_long(const RowSums& to, const u32* synapse, u32 payload) {
  Sums sums;
  decode<Isa>(to, synapse, sums);
  for (u32 i = 0; i < synapses_at_once; ++i) sums.amount[i] *= payload;
  u32 scattered = 0;
  for (u32 i = 0; i < synapses_at_once; ++i) scattered |= sums.place[i] - i - sums.place[0];
  if (scattered != 0) return add_sums<Isa>(sums, to.accumulators);
  i32* first = to.accumulators + sums.place[0];
  for (u32 i = 0; i < synapses_at_once; ++i) {
    first[i] = static_cast<i32>(static_cast<u32>(first[i]) + sums.amount[i]);
  }
}

// Adds the rows of all spikes; returns how many synapses they have. Far ahead, the index of a row
// is fetched into the cache, less far the row.
template <class Isa, class Spike, class Rows>
u64 sum_rows_of(const Rows& rows, const RowSums& to, const Spike* spike, u64 spikes) {
  constexpr bool graded = !__is_same(Spike, u32);
  constexpr u32 block = 64;  // rows that are copied before they are added
  constexpr u64 ahead = 64;  // spikes from an index to its row, and from a row to its use
  constexpr u32 copied_at_once = Isa::row_words;
  constexpr u32 room = (block + 1) * synapses_at_once + copied_at_once;
  alignas(64) u32 copied[room];
  alignas(64) u32 payloads[graded ? room : 1];
  u32 begin[ahead];
  u32 length[ahead];
  u64 total = 0;
  const auto fetch_index = [&](u64 i) {
    __builtin_prefetch(rows.place(axon_of<Isa>(spike[i < spikes ? i : spikes - 1])), 0, 2);
  };
  const auto fetch_row = [&](u64 i) {
    const Row row = rows.at(axon_of<Isa>(spike[i < spikes ? i : spikes - 1]));
    begin[i % ahead] = row.begin;
    length[i % ahead] = row.length;
    __builtin_prefetch(to.synapse + row.begin, 0, 2);
  };
  for (u64 i = 0; i < 2 * ahead && i < spikes; ++i) fetch_index(i);
  for (u64 i = 0; i < ahead && i < spikes; ++i) fetch_row(i);
  u32 pending = 0;
  for (u64 first = 0; first < spikes; first += block) {
    const u64 end = spikes - first < block ? spikes : first + block;
    for (u64 i = first; i < end; ++i) {
      const u32 payload = payload_of<Isa>(spike[i]);
      const u32* row = to.synapse + begin[i % ahead];
      u32 left = length[i % ahead];
      total += left;
      fetch_index(i + 2 * ahead);
      fetch_row(i + ahead);
      for (; left >= synapses_at_once; left -= synapses_at_once, row += synapses_at_once) {
        add_long<Isa>(to, row, payload);
      }
      for (;;) {
        const u32 now = left < copied_at_once ? left : copied_at_once;
        Isa::copy_row(row, now, copied + pending);
        if constexpr (graded) Isa::fill_row(payload, payloads + pending);
        pending += now;
        if (left <= copied_at_once) [[likely]]
          break;
        left -= now;
        row += now;
      }
    }
    u32 done = 0;
    for (; done + synapses_at_once <= pending; done += synapses_at_once) {
      add_copied<Isa>(to, copied + done, graded ? payloads + done : nullptr);
    }
    pending -= done;
    __builtin_memmove(copied, copied + done, synapses_at_once * sizeof(u32));
    if constexpr (graded) {
      __builtin_memmove(payloads, payloads + done, synapses_at_once * sizeof(u32));
    }
  }
  if (pending > 0) {
    // Synapses of 0 add nothing to accumulator 0.
    for (u32 i = pending; i < synapses_at_once; ++i) copied[i] = 0;
    if constexpr (graded) {
      for (u32 i = pending; i < synapses_at_once; ++i) payloads[i] = 0;
    }
    add_copied<Isa>(to, copied, graded ? payloads : nullptr);
  }
  return total;
}

template <class Isa, class Spike>
u64 sum_rows(const RowSums& to, const Spike* spike, u64 spikes) {
  if (to.short_rows != nullptr) {
    return sum_rows_of<Isa>(ShortRows<Isa>{to.short_rows}, to, spike, spikes);
  }
  return sum_rows_of<Isa>(AnyRows<Isa>{to.row_begin}, to, spike, spikes);
}

}  // namespace spikefab::sim::cpu
