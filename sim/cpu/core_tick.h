// One tick of a lane's cores, written once for all instruction sets: Isa brings what the compiler
// does not find by itself. Everything here is a template on Isa, so that no code for one machine is
// taken for another; nothing of the standard library is called, for the same reason.
#pragma once

#include "neuron_models.h"
#include "sim/cpu/views.h"

namespace spikefab::sim::cpu {

template <class Model>
inline constexpr u32 param_count = Model::params.size();

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

struct NoInput {};
template <class Isa, class Input>
i32 input_of(const Input* sums, u32 n) {
  return static_cast<i32>(sums[n]);
}
template <class Isa>
i32 input_of(const NoInput*, u32) {
  return 0;
}

struct Flags {
  u64 fires = 0;
  u64 moves = 0;  // its state changes; only known of updates without input
};

// Updates the 64 neurons of a word. param[k] is a block, word k of the state is k * stride further.
// What the loop writes is all local, so that compilers see that it can be vector code.
template <class Isa, class Model, bool Uniform, class Input>
Flags update_word(const i32* const* param, i32* state, u64 stride, const Input* input) {
  constexpr bool no_input = __is_same(Input, NoInput);
  alignas(64) i32 next[Model::state_words][word_bits];
  alignas(64) typename Isa::Flag fires[word_bits];
  alignas(64) typename Isa::Flag moves[word_bits];
  for (u32 n = 0; n < word_bits; ++n) {
    i32 p[param_count<Model>];
    i32 s[Model::state_words];
    for (u32 k = 0; k < param_count<Model>; ++k) p[k] = param[k][Uniform ? 0 : n];
    for (u32 k = 0; k < Model::state_words; ++k) s[k] = state[k * stride + n];
    fires[n] = Model::step(p, s, input_of<Isa>(input, n));
    bool moved = false;
    for (u32 k = 0; k < Model::state_words; ++k) {
      moved |= s[k] != state[k * stride + n];
      next[k][n] = s[k];
    }
    if constexpr (no_input) moves[n] = moved;
  }
  for (u32 k = 0; k < Model::state_words; ++k) {
    __builtin_memcpy(state + k * stride, next[k], sizeof next[k]);
  }
  Flags flags{.fires = Isa::mask(fires)};
  if constexpr (no_input) flags.moves = Isa::mask(moves);
  return flags;
}

// Updates the neurons of a core; true if any fired or moved (as in Flags).
template <class Isa, class Model, bool Uniform, class Input>
bool update_words(const ChipView& chip, const CoreView& core, i32* state, u64* fired,
                  const Input* input) {
  const u32 words = core.neuron_words;
  u64 effect = 0;
  for (u32 b = 0; b < words; ++b) {
    const i32* param[param_count<Model>];
    for (u32 k = 0; k < param_count<Model>; ++k) {
      param[k] = chip.params + u64{core.param_block[k * words + b]} * word_bits;
    }
    const Input* of_word = input;
    if constexpr (!__is_same(Input, NoInput)) of_word += b * word_bits;
    const Flags flags = update_word<Isa, Model, Uniform>(param, state + b * word_bits,
                                                         u64{words} * word_bits, of_word);
    const u64 exist = b + 1 == words ? core.last_neurons : ~u64{0};
    fired[b] = flags.fires & exist;
    effect |= (flags.fires | flags.moves) & exist;
  }
  return effect != 0;
}

template <class Isa, class Model, class Input>
bool update_core(const ChipView& chip, const CoreView& core, i32* state, u64* fired,
                 const Input* input) {
  return core.uniform ? update_words<Isa, Model, true>(chip, core, state, fired, input)
                      : update_words<Isa, Model, false>(chip, core, state, fired, input);
}

// Sums the synapses of the due spikes, then updates the neurons.
template <class Isa, class Model, class Sum>
void integrate_and_update(const ChipView& chip, const CoreView& core, const Due& due, void* scratch,
                          i32* state, u64* fired, u64* tally) {
  Sum* sums = static_cast<Sum*>(scratch);
  ++tally[due.by_popcount ? by_popcount : event_driven];
  tally[axon_events] += due.spikes;
  if constexpr (sizeof(Sum) == 1) {
    add_events8<Isa>(chip, core, due, sums);
  } else {
    __builtin_memset(sums, 0, u64{core.neuron_words} * word_bits * sizeof(Sum));
    if (due.by_popcount) {
      tally[synaptic_events] += add_popcounts<Isa>(chip, core, due, sums);
    } else {
      add_events<Isa>(chip, core, due, sums);
    }
  }
  if (!due.by_popcount) tally[synaptic_events] += due.synapses;
  update_core<Isa, Model>(chip, core, state, fired, sums);
}

// Updates a core in one replica unless it is at rest; returns its spikes, or null if it has none.
template <class Isa, class Model>
const u64* run_core(const ChipView& chip, const CoreView& core, const Due& due, u32 replica,
                    void* scratch, u64* tally) {
  u8& at_rest = chip.at_rest[static_cast<u64>(&core - chip.cores) * chip.replicas + replica];
  if (due.words == 0 && at_rest != 0 && chip.skip) {
    ++tally[skipped];
    return nullptr;
  }
  const u64 word = core.first_neuron_word * chip.replicas + u64{replica} * core.neuron_words;
  i32* state = chip.neuron_state + word * word_bits * Model::state_words;
  u64* fired = chip.fired + word;
  bool rests = false;
  if (due.words == 0) {
    const NoInput* none = nullptr;
    rests = !update_core<Isa, Model>(chip, core, state, fired, none);
    ++tally[without_input];
  } else if (!due.by_popcount && due.spikes <= core.most_events8) {
    integrate_and_update<Isa, Model, i8>(chip, core, due, scratch, state, fired, tally);
  } else if (core.narrow) {
    integrate_and_update<Isa, Model, i16>(chip, core, due, scratch, state, fired, tally);
  } else {
    integrate_and_update<Isa, Model, i32>(chip, core, due, scratch, state, fired, tally);
  }
  if (at_rest != static_cast<u8>(rests)) at_rest = rests;  // others may read what is beside it
  return rests ? nullptr : fired;
}

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
    if (route.word() - lane.first_word < own_words) {
      __builtin_prefetch(chip.words + place / word_bits, 1);
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

// Core by core, so that its crossbar stays in the cache for all replicas. Memory is fetched ahead:
// the rows of a core while the one before is updated, the targets of its spikes while the next is.
template <class Isa, class Model>
void run_cores(const ChipView& chip, const LaneView& lane, u64 tick) {
  Landing landing;
  set_landing<Isa>(chip, tick, landing);
  u64* slot = chip.words + tick % chip.slots * chip.slot_words;
  Due due[2] = {lane.due[0], lane.due[1]};
  const auto take = [&](u32 core, u32 replica, Due& to) {
    u64* waiting = slot + (u64{core} * chip.replicas + replica) * chip.axon_words;
    take_due<Isa>(chip, chip.cores[core], waiting, to);
  };
  u32 core = lane.first_core;
  u32 replica = 0;
  u64 step = 0;
  const u64* sent_end = lane.sent;
  if (core < lane.end_core) take(core, replica, due[0]);
  while (core < lane.end_core) {
    const bool same_core = replica + 1 < lane.replicas;
    const u32 next_core = same_core ? core : core + 1;
    const u32 next_replica = same_core ? replica + 1 : 0;
    if (next_core < lane.end_core) take(next_core, next_replica, due[(step + 1) % 2]);
    u64* tally = lane.tally + u64{replica} * tally_kinds;
    const u64* fired =
        run_core<Isa, Model>(chip, chip.cores[core], due[step % 2], replica, lane.sums, tally);
    set_spikes<Isa>(chip, lane.sent, sent_end);
    sent_end = lane.sent;
    if (fired != nullptr) {
      sent_end = send<Isa>(chip, chip.cores[core], lane, landing, replica, fired, tally);
    }
    core = next_core;
    replica = next_replica;
    ++step;
  }
  set_spikes<Isa>(chip, lane.sent, sent_end);
}

// The function for one neuron model.
template <class Isa>
RunCores run_cores_of(u32 neuron_model) {
  RunCores run = nullptr;
  NeuronModels::at(neuron_model, [&](auto model) { run = &run_cores<Isa, decltype(model)>; });
  return run;
}

}  // namespace spikefab::sim::cpu
