#include "mapper/loihi_storage.h"

#include <algorithm>
#include <bit>

#include "base/error.h"

namespace spikefab {
namespace {

constexpr u64 prefix_bits = 4 + 6;  // format and number of synapses
constexpr u64 word = 64;
constexpr u64 end_bits = 6;  // that must be left in the last word
constexpr u32 largest_skip = 31;

u32 skip_bits(u32 skip) { return std::max(2u, static_cast<u32>(std::bit_width(skip))); }

}  // namespace

u32 index_bits(u32 index) {
  return index == 0 ? 0 : std::max(6u, static_cast<u32>(std::bit_width(index)));
}

u32 stored_weight_bits(u32 bits) { return bits == 7 ? 8 : bits; }

u64 words_of_axon(u64 bits) {
  if (bits == 0) return 0;
  const u64 rest = bits % word;
  return divide_up(bits, word) + (rest == 0 || rest > word - end_bits ? 1 : 0);
}

void LoihiAxon::push(u32 neuron, u32 format, u32 synapse_bits) {
  SPIKEFAB_ASSERT(synapses_.empty() || neuron >= synapses_.back().neuron);
  u64 best = ~u64{0};
  u64 count = 1;
  u32 first = neuron;  // of an entry that ends with the new synapse and begins ever earlier
  u32 largest_step = 0;
  bool side_by_side = true;
  std::size_t before = synapses_.size();
  while (true) {
    u64 bits = count * (synapse_bits + index_bits(neuron));
    if (largest_step <= largest_skip) {
      bits = std::min(bits, index_bits(first) + count * (synapse_bits + skip_bits(largest_step)));
    }
    if (side_by_side) bits = std::min(bits, index_bits(first) + count * synapse_bits);
    best = std::min(best, (before == 0 ? 0 : synapses_[before - 1].bits) + prefix_bits + bits);
    if (before == 0 || count == max_entry_synapses || synapses_[before - 1].format != format) break;
    --before;
    ++count;
    const u32 step = first - synapses_[before].neuron;
    first = synapses_[before].neuron;
    largest_step = std::max(largest_step, step);
    side_by_side = side_by_side && step == 1;
  }
  synapses_.push_back({neuron, format, best});
}

}  // namespace spikefab
