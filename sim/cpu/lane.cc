#include "sim/cpu/lane.h"

#include <bit>

namespace spikefab::sim::cpu {

Lane::Lane(const Program& program, const Layout& layout, const Split& split, u32 index)
    : index_(index), owns_bus_(split.of == Split::replicas || index + 1 == split.lanes()) {
  const Split::Range& range = split.ranges[index];
  const u64 core_words = u64{split.replicas_each} * layout.order().words();
  view_.end_core = program.cores();
  view_.replicas = split.replicas_each;
  view_.end_word = Route::max_words;
  if (split.of == Split::replicas) {
    first_replica_ = range.first;
    view_.replicas = range.end - range.first;
  } else {
    view_.first_core = range.first;
    view_.end_core = range.end;
    view_.first_word = range.first * core_words;
    if (!owns_bus_) view_.end_word = range.end * core_words;
    for (auto& outbox : outbox_) {
      for (u32 to = 0; to < split.lanes(); ++to) {
        // That to itself has one place, for what is not wanted (sim/cpu/send_spikes.h).
        outbox.emplace_back(to == index ? 1 : layout.traffic(index, to) * view_.replicas);
      }
    }
  }
  tally_ = AlignedArray<u64>(u64{view_.replicas} * tally_kinds);
  constexpr u64 slack = 64;  // kernels may write so many values too many
  for (const u32 i : {0u, 1u}) {
    due_word_[i] = AlignedArray<DueWord>(layout.order().words());
    due_place_[i] = AlignedArray<u32>(u64{layout.order().words()} * word_bits + slack);
    view_.due[i].word = due_word_[i].data();
    view_.due[i].place = due_place_[i].data();
  }
  const u64 most_neurons = u64{layout.most_neuron_words()} * word_bits;
  firing_ = AlignedArray<u32>(most_neurons + slack);
  sent_ = AlignedArray<u64>(most_neurons);
  sums_ = AlignedArray<i32>(most_neurons);
  view_.tally = tally_.data();
  view_.firing = firing_.data();
  view_.sent = sent_.data();
  view_.sums = sums_.data();
  for (const u32 parity : {0u, 1u}) {
    outbox_end_[parity].resize(outbox_[parity].size());
    begin_tick(parity);
  }
}

void Lane::clear_tally() { std::fill(tally_.begin(), tally_.end(), u64{0}); }

u64 Lane::total(u32 kind) const {
  u64 sum = 0;
  for (u64 r = 0; r < view_.replicas; ++r) sum += tally_[r * tally_kinds + kind];
  return sum;
}

void Lane::begin_tick(u64 tick) {
  auto& end = outbox_end_[tick % 2];
  for (u64 to = 0; to < end.size(); ++to) end[to] = outbox_[tick % 2][to].data();
  view_.outbox = end.data();
}

void Lane::receive(const Lane& from, u64 tick, const ChipView& chip) const {
  if (&from == this) return;
  const u64* end = from.outbox_end_[tick % 2][index_];
  for (const u64* spike = from.outbox_[tick % 2][index_].data(); spike != end; ++spike) {
    chip.words[*spike / word_bits] |= u64{1} << (*spike % word_bits);
  }
}

void Lane::inject(const Events& events, u64 tick, const ChipView& chip) {
  for (u32 r = 0; r < view_.replicas; ++r) {
    u64* tally = &tally_[u64{r} * tally_kinds];
    for (const Route& route :
         events.of(first_replica_ + r, tick, view_.first_word, view_.end_word)) {
      ++tally[stimulus_events];
      if (route.delay() == dropped_spike) {
        ++tally[dropped];
      } else if (route.delay() == to_bus) {
        ++tally[output_merged];
        const u64 first = (u64{chip.slots} - 1) * chip.slot_words + u64{r} * chip.output_words;
        chip.words[first + route.word()] |= route.bit();
      } else {
        ++tally[merged];
        const u64 slot = (tick + route.delay()) % chip.slots;
        chip.words[slot * chip.slot_words + u64{r} * chip.axon_words + route.word()] |= route.bit();
      }
    }
  }
}

void Lane::take_output(const ChipView& chip, u64* shown) {
  if (!owns_bus_) return;
  for (u32 r = 0; r < view_.replicas; ++r) {
    u64* output = chip.words + u64{chip.slots} * chip.slot_words + u64{r} * chip.output_words;
    for (u32 w = 0; w < chip.output_words; ++w) {
      tally_[u64{r} * tally_kinds + output_spikes] += static_cast<u64>(std::popcount(output[w]));
      if (shown != nullptr) shown[u64{first_replica_ + r} * chip.output_words + w] = output[w];
      output[w] = 0;
    }
  }
}

void Lane::record(const Program& program, const ChipState& state, u64 tick, const RecordPlan& plan,
                  LaneRecords& records) const {
  const bool spikes_due = plan.spikes && plan.spikes->has_tick(tick);
  const bool potentials_due = plan.potentials && plan.potentials->has_tick(tick);
  for (u32 r = first_replica_; owns(r); ++r) {
    for (u32 c = view_.first_core; c < view_.end_core && (spikes_due || potentials_due); ++c) {
      const u32 position = program.position[c];
      if (spikes_due && plan.spikes->has_position(position)) {
        const u64* fired = state.fired(c, r);
        for (u32 b = 0; b < program.neuron_words(c); ++b) {
          for (u64 bits = fired[b]; bits != 0; bits &= bits - 1) {
            const u32 n = b * word_bits + static_cast<u32>(std::countr_zero(bits));
            records.add(Spike{tick, r, position, n});
          }
        }
      }
      if (potentials_due && plan.potentials->has_position(position)) {
        for (u32 n = 0; n < program.core_neurons(c); ++n) {
          records.add(Potential{tick, r, position, n, state.potential(c, r, n)});
        }
      }
    }
  }
}

}  // namespace spikefab::sim::cpu
