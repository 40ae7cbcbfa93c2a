// The semantics of one tick of one replica of a chip with crossbars, written once for host and
// device; sim/synaptic_tick.h has those of synaptic memory. The phases, in order:
// inject the stimulus, take the output lines, then for each core integrate the due slot and update
// its neurons, then deliver their spikes. No phase reads what another index of it writes; spikes
// are set into slots of later ticks only, so order cannot matter.
#pragma once

#include <bit>

#include "arch/program.h"
#include "neuron_models.h"
#include "sim/views.h"

namespace spikefab::sim {

// How a phase changes what other indices may change too. Devices bring one with atomics.
struct PlainMemory {
  SPIKEFAB_HD static void add(u64& counter, u64 amount) { counter += amount; }
  SPIKEFAB_HD static void add(i32& sum, i32 amount) { sum = wrap_add(sum, amount); }
  SPIKEFAB_HD static u64 set_bits(u64& word, u64 bits) {  // returns the word before
    const u64 before = word;
    word |= bits;
    return before;
  }
};

SPIKEFAB_HD inline u32 slot_of(const ProgramView& p, u64 tick) {
  return static_cast<u32>(tick % p.slots);
}

// The axon bits of a core in the slot that a tick processes.
SPIKEFAB_HD inline u64* waiting_words(const ProgramView& p, const StateView& s, u32 slot,
                                      CoreId core) {
  return s.waiting + (u64{slot} * p.cores + core.value) * p.axon_words;
}

// Sets a line of the output bus; it shows in the next tick that takes outputs.
template <class Memory>
SPIKEFAB_HD void set_output(const StateView& s, Memory memory, u32 line) {
  const u64 bit = u64{1} << (line % word_bits);
  const u64 before = memory.set_bits(s.output[line / word_bits], bit);
  if (before & bit) memory.add(s.counts[output_merged], u64{1});
}

// Puts a spike at its target: in the slot `delay` ticks after `tick`, or on the output bus, which
// ignores delays. A delay of slots - 1 would reach the slot that was just processed: dropped.
template <class Memory>
SPIKEFAB_HD void deliver(const ProgramView& p, const StateView& s, Memory memory, u64 tick,
                         CoreId target, AxonId axon, u32 delay) {
  if (target.value == output_bus) return set_output(s, memory, axon.value);
  if (delay == p.slots - 1) {
    memory.add(s.counts[dropped], u64{1});
    return;
  }
  const u64 bit = u64{1} << (axon.value % word_bits);
  u64* words = waiting_words(p, s, slot_of(p, tick + delay), target);
  const u64 before = memory.set_bits(words[axon.value / word_bits], bit);
  if (before & bit) memory.add(s.counts[merged], u64{1});
}

// An event from outside, in its tick: processed by its core in tick + delay.
template <class Memory>
SPIKEFAB_HD void inject(const ProgramView& p, const StateView& s, Memory memory, u64 tick,
                        CoreId target, AxonId axon, u32 delay) {
  memory.add(s.counts[stimulus_events], u64{1});
  deliver(p, s, memory, tick, target, axon, delay);
}

// Takes what one word of output lines shows in this tick.
template <class Memory>
SPIKEFAB_HD u64 take_output(const StateView& s, Memory memory, u32 word) {
  const u64 shown = s.output[word];
  s.output[word] = 0;
  memory.add(s.counts[output_spikes], static_cast<u64>(std::popcount(shown)));
  return shown;
}

// The connections of one axon: bit n % 64 of word n / 64 belongs to the core's neuron n.
SPIKEFAB_HD inline const u64* crossbar_row(const ProgramView& p, CoreId core, AxonId axon) {
  const u64 words = words_for(p.neuron_begin[core.value + 1] - p.neuron_begin[core.value]);
  return p.crossbar + p.crossbar_begin[core.value] + axon.value * words;
}

// The weights that an axon applies to the neurons of its core, one per neuron.
SPIKEFAB_HD inline const i32* axon_weights(const ProgramView& p, CoreId core, AxonId axon) {
  const u32 type = p.axon_type[u64{core.value} * p.axons + axon.value];
  return p.weight + type * p.neurons + p.neuron_begin[core.value];
}

// Steps neuron n (numbered through all cores) with the sum of its synapses; true if it fires.
template <class Model>
SPIKEFAB_HD bool update_neuron(const ProgramView& p, const StateView& s, u64 n, i32 input) {
  i32 params[Model::params.size()];
  i32 state[Model::state_words];
  for (u32 k = 0; k < Model::params.size(); ++k) params[k] = p.neuron_param[k * p.neurons + n];
  for (u32 k = 0; k < Model::state_words; ++k) state[k] = s.neuron_state[k * p.neurons + n];
  const bool fires = Model::step(params, state, input);
  for (u32 k = 0; k < Model::state_words; ++k) s.neuron_state[k * p.neurons + n] = state[k];
  return fires;
}

// Sends the spike of neuron n, made in `tick`: processed in tick + 1 + delay.
template <class Memory>
SPIKEFAB_HD void send_spike(const ProgramView& p, const StateView& s, Memory memory, u64 tick,
                            u64 n) {
  memory.add(s.counts[spikes], u64{1});
  memory.add(s.counts[hops], u64{p.target_hops[n]});
  deliver(p, s, memory, tick + 1, CoreId{p.target_core[n]}, AxonId{p.target_axon[n]},
          p.target_delay[n]);
}

}  // namespace spikefab::sim
