// The semantics of one tick of one replica of a chip whose cores have synaptic memory, written once
// for host and device. The phases, in order: add the stimulus to the accumulators, take the output
// lines, then update each neuron with its due accumulators, then add its spikes to accumulators of
// later ticks. Sums wrap at 32 bits, so the order of additions cannot matter.
#pragma once

#include "arch/neuron_random.h"
#include "arch/synapse.h"
#include "compartment_models.h"
#include "sim/tick.h"

namespace spikefab::sim {

// The accumulators of a neuron in a slot, one per input.
SPIKEFAB_HD inline i32* inputs_of(const SynapticView& p, const StateView& s, u32 slot, u64 n) {
  return s.accumulators + (slot * p.neurons + n) * p.inputs;
}

SPIKEFAB_HD inline u32 slot_of(const SynapticView& p, u64 tick) {
  return static_cast<u32>(tick % p.slots);
}

// Adds a spike of this payload to what the synapses of an axon reach; those without delay are due
// in `tick`. Axons are counted within their core.
template <class Memory>
SPIKEFAB_HD void add_row(const SynapticView& p, const StateView& s, Memory memory, u64 tick,
                         CoreId core, AxonId axon, i32 payload) {
  const u64 row = p.axon_begin[core.value] + axon.value;
  const u32 first = p.row_begin[row];
  const u32 last = p.row_begin[row + 1];
  memory.add(s.counts[axon_events], u64{1});
  memory.add(s.counts[synaptic_events], u64{last - first});
  const u32 now = slot_of(p, tick);
  for (u32 i = first; i < last; ++i) {
    const u32 synapse = p.synapse[i];
    const u32 slot = now + delay_of(synapse);
    i32* of_core =
        inputs_of(p, s, slot < p.slots ? slot : slot - p.slots, p.neuron_begin[core.value]);
    const u32 amount = static_cast<u32>(value_of(synapse)) * static_cast<u32>(payload);
    memory.add(of_core[accumulator_of(synapse)], static_cast<i32>(amount));
  }
}

// A spike on its way to an axon, or to a line of the output bus, which takes no payload.
template <class Memory>
SPIKEFAB_HD void deliver(const SynapticView& p, const StateView& s, Memory memory, u64 tick,
                         CoreId target, AxonId axon, i32 payload) {
  if (target.value == output_bus) return set_output(s, memory, axon.value);
  add_row(p, s, memory, tick, target, axon, payload);
}

// An event from outside, in its tick.
template <class Memory>
SPIKEFAB_HD void inject(const SynapticView& p, const StateView& s, Memory memory, u64 tick,
                        CoreId target, AxonId axon, i32 payload) {
  memory.add(s.counts[stimulus_events], u64{1});
  deliver(p, s, memory, tick, target, axon, payload);
}

// Steps neuron n (numbered through all cores) with what is due and clears that; returns the payload
// of its spike, or 0.
template <class Model>
SPIKEFAB_HD i32 update_compartment(const SynapticView& p, const StateView& s, u64 n,
                                   const NeuronRandom& random) {
  i32 params[Model::params.size()];
  i32 state[Model::state_words];
  i32 input[Model::inputs];
  i32* due = inputs_of(p, s, slot_of(p, random.tick), n);
  for (u32 k = 0; k < Model::params.size(); ++k) params[k] = p.neuron_param[k * p.neurons + n];
  for (u32 k = 0; k < Model::state_words; ++k) state[k] = s.neuron_state[k * p.neurons + n];
  for (u32 k = 0; k < Model::inputs; ++k) {
    input[k] = due[k];
    due[k] = 0;
  }
  const i32 payload = Model::step(params, state, input, random);
  for (u32 k = 0; k < Model::state_words; ++k) s.neuron_state[k * p.neurons + n] = state[k];
  return payload;
}

// Sends the spike of neuron n, made in `tick`, to all its targets: due in tick + 1 + delay.
template <class Memory>
SPIKEFAB_HD void send_payload(const SynapticView& p, const StateView& s, Memory memory, u64 tick,
                              u64 n, i32 payload) {
  memory.add(s.counts[spikes], u64{1});
  memory.add(s.counts[hops], u64{p.target_hops[n]});
  for (u64 i = p.target_begin[n]; i < p.target_begin[n + 1]; ++i) {
    deliver(p, s, memory, tick + 1, CoreId{p.target_core[i]}, AxonId{p.target_axon[i]}, payload);
  }
}

}  // namespace spikefab::sim
