#include "sim/axon_order.h"

#include <algorithm>
#include <bit>

namespace spikefab::sim {
namespace {

// How many axons of each type a core has.
std::vector<u32> count_types(const Program& program, u32 core) {
  std::vector<u32> count(program.chip.weights, 0);
  for (u32 a = 0; a < program.chip.axons; ++a) {
    ++count[program.axon_type[u64{core} * program.chip.axons + a]];
  }
  return count;
}

// Sets in `to` the bit at_place(i) for each bit i that is set in `from`.
template <class AtPlace>
void move_bits(const u64* from, u32 from_words, u64* to, u32 to_words, AtPlace&& at_place) {
  std::fill_n(to, to_words, u64{0});
  for (u32 w = 0; w < from_words; ++w) {
    for (u64 bits = from[w]; bits != 0; bits &= bits - 1) {
      const u32 place = at_place(w * word_bits + static_cast<u32>(std::countr_zero(bits)));
      to[place / word_bits] |= u64{1} << (place % word_bits);
    }
  }
}

}  // namespace

AxonOrder::AxonOrder(const Program& program)
    : axons_(program.chip.axons), axon_words_(program.chip.axon_words()) {
  for (u32 c = 0; c < program.cores(); ++c) {
    u32 words = 0;
    for (const u32 count : count_types(program, c)) words += words_for(count);
    words_ = std::max(words_, words);
  }
  place_.resize(u64{program.cores()} * axons_);
  axon_.assign(u64{program.cores()} * words_ * word_bits, no_axon);
  word_type_.assign(u64{program.cores()} * words_, 0);
  for (u32 c = 0; c < program.cores(); ++c) {
    const std::vector<u32> count = count_types(program, c);
    std::vector<u32> next(count.size());  // [type] the place of its next axon
    u32 word = 0;
    for (u32 type = 0; type < count.size(); ++type) {
      next[type] = word * word_bits;
      for (u32 i = 0; i < words_for(count[type]); ++i) {
        word_type_[u64{c} * words_ + word++] = static_cast<u8>(type);
      }
    }
    for (u32 a = 0; a < axons_; ++a) {
      const u32 place = next[program.axon_type[u64{c} * axons_ + a]]++;
      place_[u64{c} * axons_ + a] = place;
      axon_[u64{c} * words_ * word_bits + place] = a;
    }
  }
}

void AxonOrder::sort(CoreId core, const u64* waiting, u64* sorted) const {
  move_bits(waiting, axon_words_, sorted, words_, [&](u32 a) { return place(core, AxonId{a}); });
}

void AxonOrder::unsort(CoreId core, const u64* sorted, u64* waiting) const {
  move_bits(sorted, words_, waiting, axon_words_, [&](u32 p) { return axon_at(core, p); });
}

}  // namespace spikefab::sim
