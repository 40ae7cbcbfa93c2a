// What the host hands to the kernels of cores with synaptic memory (sim/cuda/synaptic.cuh). Numbers
// of neurons, rows, targets, and the layouts of synapses and of the state are those of the program
// and of State (arch/program.h, sim/state.h).
#pragma once

#include "sim/cuda/kernel_args.h"

namespace spikefab::sim::cuda {

inline constexpr u32 to_bus = 0xffffffff;  // output_bus of arch/program.h

// Neurons are taken in groups of up to 32 that belong to one core.
struct SynapticCore {
  u32 first;  // of its neurons
  u32 neurons;
  u32 first_group;  // numbered through all cores
  u32 position;     // mesh index
  u32 first_row;    // of its axons
  u32 inbox;        // its part of an inbox
};

// A parameter of the neurons of a core: one value for all of them, or where theirs begin.
struct SynapticParam {
  u32 differs;
  u32 value;  // the i32, or an index of param_values
};

struct SentSpike {
  u32 neuron;
  i32 payload;  // 0: none
};

// Spikes for which a warp has room in shared memory.
inline constexpr u32 spike_list_room = 2 * warp_lanes;

// An event of the stimulus.
struct SynapticEvent {
  u32 core;  // or to_bus
  u32 axon;  // or line
  i32 payload;
};

// A spike or event that waits at a core for its synapses to be added.
struct Arrival {
  u32 row;
  i32 payload;
};

// One launch: ticks first_tick .. first_tick + ticks - 1 of all replicas. Blocks (x, y): those of
// one y go through the replicas of tile y one after the other and wait for each other in every
// tick; x is the tile of cores.
struct SynapticArgs {
  const SynapticCore* cores;    // [core + 1]; the last one only ends the one before
  const u32* tile_begin;        // [grid_x + 1] core
  const SynapticParam* params;  // [core][param]
  const i32* param_values;
  const u32* row_begin;     // [row + 1]
  const u32* synapse;       // packed
  const u64* target_begin;  // [neuron + 1]
  const u32* target_core;
  const u32* target_axon;
  const u32* target_hops;  // [neuron] on the ways to all its targets
  u64 neurons;
  u64 seed;
  u32 neuron_model;
  u32 inputs;  // of a neuron
  u32 slots;
  u32 replicas;
  u32 ticks;
  u64 first_tick;

  i32* neuron_state;  // [replica][state word][neuron]
  i32* accumulators;  // [replica][slot][neuron][input]
  u64* counts;        // [replica][DeviceCount]
  u32* barrier;       // [y][barrier_stride]

  // Two inboxes for each y, filled and read by turns.
  Arrival* inbox;    // [y][2][inbox_size]
  u32* inbox_count;  // [y][2][core], 0 between launches
  u32 inbox_size;
  u32 all_cores;

  const SynapticEvent* events;
  const u64* event_begin;  // [replica][event_ticks + 1]
  u64 event_ticks;

  u32 output_words;  // 32-bit words a row
  u32* output;       // [tick + 1][replica][word]; row 0 shows in first_tick
  i32* sent;         // [tick][replica][neuron] payload of its spike or 0; or null
};

// As DigestArgs (sim/cuda/kernel_args.h).
struct SynapticDigestArgs {
  const SynapticCore* cores;
  u32 all_cores;
  u32 mesh_size;
  u32 core_neurons;
  u32 state_words;
  u32 slots;
  u32 inputs;
  u32 output_words;  // 64-bit words
  u64 neurons;
  const i32* neuron_state;
  const i32* accumulators;
  const u64* output;
  u64* digests;
};

}  // namespace spikefab::sim::cuda
