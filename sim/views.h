// What a tick reads (ProgramView, or SynapticView of cores with synaptic memory) and writes
// (StateView, one replica): plain pointers, passed by value. Layouts are those of arch/program.h
// unless said.
#pragma once

#include "base/hd.h"

namespace spikefab::sim {

struct ProgramView {
  u32 cores;
  u32 axons;
  u32 axon_words;
  u32 slots;
  u32 neuron_model;
  u64 neurons;
  const u64* neuron_begin;    // [core + 1]
  const u64* crossbar_begin;  // [core + 1] in words
  const u8* axon_type;        // [core][axon]
  const u64* crossbar;        // [core][axon][neuron word]
  const i32* weight;          // [axon type][neuron]
  const i32* neuron_param;    // [param][neuron]
  const u32* target_core;     // [neuron] or output_bus
  const u16* target_axon;     // [neuron]
  const u8* target_delay;     // [neuron]
  const u32* target_hops;     // [neuron] links on the way to the target
};

struct SynapticView {
  u32 cores;
  u32 slots;
  u32 neuron_model;
  u32 inputs;  // of a neuron
  u64 neurons;
  u64 seed;
  const u32* position;      // [core]
  const u64* neuron_begin;  // [core + 1]
  const i32* neuron_param;  // [param][neuron]
  const u64* axon_begin;    // [core + 1]
  const u32* row_begin;     // [axon + 1]
  const u32* synapse;       // packed
  const u64* target_begin;  // [neuron + 1]
  const u32* target_core;
  const u32* target_axon;
  const u32* target_hops;  // [neuron] links on the ways to all its targets
};

struct StateView {
  i32* neuron_state;  // [state word][neuron]
  u64* waiting;       // crossbars: [slot][core][axon word] spikes on their way
  i32* accumulators;  // synaptic memory: [slot][neuron][input] sums on their way
  u64* output;        // [output word] lines that show in the next tick
  u64* counts;        // [Count]
};

// What is counted in integers while running and priced on the host afterwards.
enum Count : u32 {
  stimulus_events,  // events that entered the chip
  spikes,           // of neurons
  hops,             // links crossed by spikes of neurons, for each of their targets
  merged,           // crossbars: spikes that met a waiting spike at their axon and slot
  output_merged,    // spikes that met another on the same line of the output bus
  dropped,          // delay = slots - 1: would land in the slot being processed
  axon_events,      // crossbars: waiting spikes taken by cores; else spikes that reached an axon
  synaptic_events,  // connected synapses of those axons
  output_spikes,    // lines of the output bus that showed a spike
  count_kinds
};

}  // namespace spikefab::sim
