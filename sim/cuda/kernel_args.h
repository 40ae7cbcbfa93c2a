// What the host hands to the kernels: plain structs, the same for both compilers. The layouts are
// those that sim/cuda/chip_image.cc builds and sim/cuda/advance.cuh reads.
#pragma once

#include "base/hd.h"

namespace spikefab::sim::cuda {

inline constexpr u32 warp_lanes = 32;

// Where a neuron's spike goes: 8 bytes, one load. `word` counts 32-bit words, within the waiting
// spikes of one slot of one replica or within one row of output words.
struct Target {
  enum Kind : u32 { core, bus, nowhere };  // nowhere: delay = slots - 1, dropped
  u32 word;
  u32 bit : 5;
  u32 delay : 8;
  u32 kind : 2;
  u32 hops : 12;  // at most 2046 on the largest mesh
};
static_assert(sizeof(Target) == 8);

// An event of the stimulus: `slot_delay` ticks after its own tick the core takes it.
using Event = Target;

// The constants of a core are one blob, so that a block fetches them into shared memory by one
// copy. It begins with the rows of the axons: [row][padded / 8], bit n: connected to neuron n. All
// sections are aligned to 32 bytes; neurons are padded to whole words of 64.
struct CoreRecord {
  u64 blob;   // offset of the blob in bytes
  u32 bytes;  // its length, a multiple of 16
  u32 neurons;
  u32 padded;      // neurons, up to the next multiple of 64
  u32 first;       // its first neuron among all padded ones
  u32 weights;     // offset: i32 [axon type][padded]
  u32 params;      // offset: i32 [param][padded]
  u32 targets;     // offset: Target [padded]
  u32 word_rows;   // offset: u32 [32-bit word of waiting spikes] row of its first axon
  u32 word_types;  // offset: u8 [32-bit word] axon type
  u32 unused = 0;
};

// What is counted on the device, per replica. Merged spikes follow from these (state()).
enum DeviceCount : u32 {
  device_spikes,
  device_hops,
  device_dropped,
  device_to_bus,  // deliveries to the output bus; all others that are not dropped went to cores
  device_axon_events,
  device_synaptic_events,
  device_count_kinds
};

// One launch: ticks first_tick .. first_tick + ticks - 1 of all replicas.
//
// Blocks (x, y): those of one y share the replicas of tile y and wait for each other; x is the tile
// of cores. Time goes in steps of `step` ticks; within one the layers follow each other, with a
// barrier before each. step > 1 needs a chip whose layers only feed later ones.
//
// Waiting spikes are a ring of `ring` slots, tick t in slot t % ring. Processing tick t clears the
// slot of t - step, which nobody reads or writes any more: spikes of the running step reach at most
// step + slots - 2 ticks beyond its begin, events of the next step, set in this one, at most
// 2 * step + slots - 3; so ring = 3 * step + slots - 2.
struct AdvanceArgs {
  const CoreRecord* records;  // [core], cores sorted by layer
  const u8* blobs;
  const u32* tile_begin;  // [layer * grid_x + x] first core; the next entry ends the tile
  u32 cores;
  u32 words;  // 32-bit words of waiting spikes per core
  u32 layers;
  u32 parts;         // of a core, one warp each; as many as the largest core needs
  u32 staged_cores;  // how many cores a block fetches at a time; 0: read them where they are
  u32 staged_bytes;  // of shared memory per core

  u64 padded_neurons;
  u32 replicas;
  u32 ring;
  u32 step;
  u32 first_slot;  // of first_tick
  u64 first_tick;
  u32 ticks;

  i32* neuron_state;  // [replica][state word][padded neuron]
  u32* waiting;       // [replica][slot][core][32-bit word]
  u8* quiet;          // [replica][core][part of a core] 1: stays as it is without input
  u64* counts;        // [replica][DeviceCount]
  u32* barrier;       // [y][barrier_stride]

  const Event* events;
  const u64* event_begin;  // [replica][event_ticks + 1]
  u64 event_ticks;

  u32 output_words;  // 32-bit words a row
  u32* output;       // [tick + 1][replica][word]; row 0 shows in first_tick
  u32* fired;        // [tick][replica][padded neuron / 32] or null
};

inline constexpr u32 barrier_stride = 32;  // words between barriers of different y

// The digest (sim/state.h) of every replica, block (replica, y); added to what `digests` holds.
struct DigestArgs {
  const CoreRecord* records;
  const u32* position;  // [core] mesh index
  const u32* place;     // [core][axon] place in the waiting spikes (sim/axon_order.h)
  u32 cores;
  u32 words;  // 32-bit words of waiting spikes per core
  u32 axons;
  u32 slots;
  u32 mesh_size;
  u32 core_neurons;  // of the chip's cores; with the position it gives a neuron's index
  u32 state_words;
  u32 ring;
  u32 output_words;  // 64-bit words
  u64 padded_neurons;
  u64 next_tick;  // the state before this tick
  const i32* neuron_state;
  const u32* waiting;
  const u64* output;  // [replica][word] what shows in next_tick
  u64* digests;       // [replica]
};

inline constexpr u32 digest_threads = 256;

}  // namespace spikefab::sim::cuda
