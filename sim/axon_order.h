// The axons of every core sorted by type, for the fast engines: each type begins at a new word of
// waiting spikes, so that one word has one type and its weights are fetched once a word.
#pragma once

#include <vector>

#include "arch/program.h"

namespace spikefab::sim {

class AxonOrder {
 public:
  explicit AxonOrder(const Program& program);

  // Words of waiting spikes per core; the same for all cores, what a core does not use is zero.
  u32 words() const { return words_; }

  // Where the axon's bit is: in word place / 64, bit place % 64, of its core's words.
  u32 place(CoreId core, AxonId axon) const {
    return place_[u64{core.value} * axons_ + axon.value];
  }

  // The axon of a place, or no_axon for the padding behind a type.
  static constexpr u32 no_axon = 0xffffffff;
  u32 axon_at(CoreId core, u32 place) const {
    return axon_[u64{core.value} * words_ * word_bits + place];
  }

  // The axon type of a word; that of a word without axons is 0.
  u8 word_type(CoreId core, u32 word) const { return word_type_[u64{core.value} * words_ + word]; }

  // Waiting spikes of one core between the order of the program (chip.axon_words() words) and this
  // one (words() words).
  void sort(CoreId core, const u64* waiting, u64* sorted) const;
  void unsort(CoreId core, const u64* sorted, u64* waiting) const;

 private:
  u32 axons_;
  u32 axon_words_;
  u32 words_ = 0;
  std::vector<u32> place_;     // [core][axon]
  std::vector<u32> axon_;      // [core][place]
  std::vector<u8> word_type_;  // [core][word]
};

}  // namespace spikefab::sim
