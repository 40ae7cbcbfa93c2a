// Where the spikes of a core go: into the words of its own lane, or into the outbox of another.
// Part of sim/cpu/core_tick.h, which says what holds for all of it.
#pragma once

#include "sim/cpu/views.h"

namespace spikefab::sim::cpu {

// Where spikes of this tick land: the first place of the slot for each delay, and of the bus.
struct Landing {
  u64 place[to_bus + 1];
};

template <class Isa>
void set_landing(const ChipView& chip, u64 tick, Landing& landing) {
  u64 slot = tick % chip.slots;
  for (u32 delay = 0; delay + 1 < chip.slots; ++delay) {
    if (++slot == chip.slots) slot = 0;
    landing.place[delay] = slot * chip.slot_words * word_bits;
  }
  // The words of the bus follow those of a slot in Route, and those of all slots in memory.
  landing.place[to_bus] = (u64{chip.slots} - 1) * chip.slot_words * word_bits;
}

// Addresses the spikes of a core: to the outbox of the lane that owns the target, or to lane.sent,
// up to the end that is returned.
template <class Isa>
u64* send(const ChipView& chip, const CoreView& core, const LaneView& lane, const Landing& landing,
          u32 replica, const u64* fired, u64* tally) {
  u32* end = lane.firing;
  for (u32 b = 0; b < core.neuron_words; ++b) end = Isa::list_bits(fired[b], b * word_bits, end);
  const u64 own_words = lane.end_word - lane.first_word;
  const u64 shift = u64{replica} * chip.axon_words * word_bits;
  const u64 bus_shift = u64{replica} * chip.output_words * word_bits - shift;
  u64* own = lane.sent;
  u64 crossed = 0;
  u64 lost = 0;
  u64 bus = 0;
  for (const u32* n = lane.firing; n != end; ++n) {
    const Route route = core.route[*n];
    crossed += route.hops();
    u64 place = route.place() + shift;
    if (route.delay() >= to_bus) [[unlikely]] {
      if (route.delay() == dropped_spike) {
        ++lost;
        continue;
      }
      ++bus;
      place += bus_shift;
    }
    place += landing.place[route.delay()];
    const u64* word = chip.words + place / word_bits;
    const bool mine = route.word() - lane.first_word < own_words;
    if (core.scattered) {
      // Processors cannot foresee whose it is: written to both, counted in one. The outbox to
      // itself takes what is not wanted there.
      u64*& outbox = lane.outbox[core.owner[*n]];
      *own = place;
      *outbox = place;
      own += mine;
      outbox += !mine;
      const u64* wanted[] = {own, word};
      __builtin_prefetch(wanted[mine], 1);
    } else if (mine) {
      __builtin_prefetch(word, 1);
      *own++ = place;
    } else {
      *lane.outbox[core.owner[*n]]++ = place;
    }
  }
  const u64 sent = static_cast<u64>(end - lane.firing);
  tally[spikes] += sent;
  tally[hops] += crossed;
  tally[dropped] += lost;
  tally[merged] += sent - lost - bus;
  tally[output_merged] += bus;
  return own;
}

template <class Isa>
void set_spikes(const ChipView& chip, const u64* spike, const u64* end) {
  for (; spike != end; ++spike) chip.words[*spike >> 6] |= u64{1} << (*spike & 63);
}

}  // namespace spikefab::sim::cpu
