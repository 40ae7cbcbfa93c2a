// What the kernels of a tick read (ChipView, CoreView) and write (LaneView): plain pointers.
// Neurons come in words of 64, the last of a core padded; axons in places sorted by type
// (sim/axon_order.h).
#pragma once

#include "sim/views.h"

namespace spikefab::sim::cpu {

using i8 = signed char;

// Delays of a Route beyond those that a chip can have (below max_slots).
inline constexpr u32 to_bus = 256;  // the output bus, which ignores delays
inline constexpr u32 dropped_spike = 257;

// Where a spike goes, in 8 bytes. The word counts through the waiting spikes of one slot, of the
// target core's first replica; the words of the bus follow behind those of the cores.
class Route {
 public:
  static constexpr u64 max_words = u64{1} << 38;

  Route() = default;
  Route(u64 word, u32 bit, u32 delay, u32 hops)
      : code_((word * word_bits + bit) << 20 | u64{delay} << 11 | hops) {}

  u64 word() const { return code_ >> 26; }
  u64 bit() const { return u64{1} << (code_ >> 20 & 63); }
  u64 place() const { return code_ >> 20; }  // word * word_bits + bit
  u32 delay() const { return static_cast<u32>(code_ >> 11) & 511; }
  u64 hops() const { return code_ & 2047; }
  auto operator<=>(const Route&) const = default;  // by word first

 private:
  u64 code_ = 0;
};

// What never changes of one core. Blocks are 64 values, one per neuron of a word.
struct CoreView {
  u32 neuron_words;
  bool narrow;              // sums of synapses fit into 16 bits, and weights are in weights16
  bool uniform;             // all neurons have the same parameters
  bool scattered;           // targets in its lane and in others, in no order
  u32 most_events8;         // the weights of so many spikes sum to what fits into 8 bits
  u64 last_neurons;         // which neurons of the last word exist
  u64 first_neuron_word;    // in arrays over all neuron words
  const u64* rows;          // [place][neuron word] bit n: connected
  const u64* columns;       // [neuron word][axon word][64 neurons] bit a: connected
  const u8* word_type;      // [axon word]
  const u32* connections;   // [place] how many
  u32 weight_block8;        // first of [type][neuron word]; only if most_events8 > 0
  const u32* weight_block;  // [type][neuron word] index of a block
  const u32* param_block;   // [param][neuron word] likewise
  const Route* route;       // [neuron]
  const u16* owner;         // [neuron] lane of the target; null if there is one lane
};

// The chip and its state in a group of replicas, those that lanes run together.
struct ChipView {
  u32 axon_words;
  u32 replicas;
  u32 slots;
  u32 output_words;
  u64 slot_words;     // words of waiting spikes in one slot
  u32 popcount_from;  // spikes per word that is due: popcount path from here on
  bool skip;          // cores that are provably at rest
  const CoreView* cores;
  const i8* weights8;  // blocks, like what follows
  const i16* weights16;
  const i32* weights32;
  const i32* params;
  u64* words;         // [slot][core][replica][axon word], then [replica][output word]
  i32* neuron_state;  // [core][replica][state word][neuron]
  u64* fired;         // [core][replica][neuron word] in the last update
  u8* at_rest;        // [core][replica] the last update had no input, no effect, no spike
};

// Sums over one replica that a lane keeps: the kinds of sim::Count, but `merged` and
// `output_merged` hold all that was delivered; and how cores were updated.
enum Tally : u32 { skipped = count_kinds, without_input, event_driven, by_popcount, tally_kinds };

// A word of waiting spikes that is due, and how many are in it and those before it.
struct DueWord {
  u64 bits;
  u32 word;
  u32 end;
};

// The spikes that one core has to process; scratch memory.
struct Due {
  u32 words;
  u32 spikes;
  bool by_popcount;
  u64 synapses;   // connected synapses of the spikes; only if not by_popcount
  DueWord* word;  // [words] without those that have none
  u32* place;     // [spikes] only if not by_popcount
};

// What one thread works on.
struct LaneView {
  u32 first_core, end_core;
  u32 replicas;              // of the group of the ChipView, from the first on
  u64 first_word, end_word;  // targets that are its own, of the first replica as in Route
  u64* tally;                // [replica][Tally]
  u64** outbox;              // [lane] end of what is sent to it in this tick: word * 64 + bit
  u32* firing;               // scratch: [neuron] those of a core that fire
  u64* sent;                 // scratch: [neuron] what a core sends to its own lane, as in outbox
  Due due[2];                // scratch: of the core that runs and of the next one
  void* sums;                // scratch: i8, i16 or i32 [neuron]
};

// All updates of a lane's cores in one tick, spikes delivered.
using RunCores = void (*)(const ChipView&, const LaneView&, u64 tick);

}  // namespace spikefab::sim::cpu
