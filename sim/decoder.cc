#include "sim/decoder.h"

#include <algorithm>
#include <bit>

namespace spikefab::sim {

void add_votes(const OutputWindow& window, u64 tick, std::vector<u64>& votes) {
  const auto words = window.outputs.subspan(tick * window.words(), window.words());
  for (u64 word = 0; word < words.size(); ++word) {
    for (u64 left = words[word]; left != 0; left &= left - 1) {
      const u64 line = word * word_bits + static_cast<u64>(std::countr_zero(left));
      ++votes[window.class_of_line[line]];
    }
  }
}

Decision most_voted(const std::vector<u64>& votes) {
  const auto best = std::max_element(votes.begin(), votes.end());
  return {.label = static_cast<u32>(best - votes.begin()),
          .tie = std::count(best, votes.end(), *best) > 1};
}

}  // namespace spikefab::sim
