// How many words of synaptic memory an axon's synapses take in the formats of Loihi 1.
// Sources: NxTF's synapse encoder (nxsdk_modules_ncl/dnn/src: synapse_compression.py and
// data_structures.py) for entries and words, nengo-loihi's block.py for the sizes of fields.
#pragma once

#include <vector>

#include "base/hd.h"

namespace spikefab {

inline constexpr u32 max_entry_synapses = 60;
inline constexpr u64 max_axon_words = 256;

// The width of a field for neuron numbers up to `index`: 0 or 6 .. 12; 13 for chips whose cores
// have more neurons than Loihi's.
u32 index_bits(u32 index);

// Bits that a weight of 0..8 bits takes in memory, where 7 does not exist.
u32 stored_weight_bits(u32 bits);

// Words for the entries of one axon: one more if there is no room to end the last.
u64 words_of_axon(u64 bits);

// The synapses of one axon, by ascending neuron of the core, split into entries such that they take
// the fewest bits. An entry has 10 bits in front and up to 60 synapses of one format: each with its
// neuron's number (SPARSE), with the distance from the one before, up to 31 (RUNLENGTH), or of
// neurons side by side (DENSE); the last two have the first neuron's number in front.
class LoihiAxon {
 public:
  // `synapse_bits` of the synapse: weight and delay.
  void push(u32 neuron, u32 format, u32 synapse_bits);
  void pop() { synapses_.pop_back(); }
  u64 bits() const { return synapses_.empty() ? 0 : synapses_.back().bits; }
  u64 words() const { return words_of_axon(bits()); }

 private:
  struct Synapse {
    u32 neuron;
    u32 format;
    u64 bits;  // fewest for all up to this one
  };
  std::vector<Synapse> synapses_;
};

}  // namespace spikefab
