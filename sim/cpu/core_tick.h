// One tick of a lane's cores, written once for all instruction sets: Isa brings what the compiler
// does not find by itself. Everything here is a template on Isa, so that no code for one machine is
// taken for another; nothing of the standard library is called, for the same reason.
#pragma once

#include "neuron_models.h"
#include "sim/cpu/send_spikes.h"
#include "sim/cpu/sum_synapses.h"
#include "sim/cpu/synaptic_rows.h"
#include "sim/cpu/synaptic_update.h"
#include "sim/cpu/views.h"

namespace spikefab::sim::cpu {

template <class Model>
inline constexpr u32 param_count = Model::params.size();

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

template <class Isa>
constexpr SynapticKernels synaptic_kernels_of() {
  return {&sum_rows<Isa, u32>, &sum_rows<Isa, GradedSpike>, &update_of<Isa>};
}

}  // namespace spikefab::sim::cpu
