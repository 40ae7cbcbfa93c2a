// Runs of blocks of 64 values, equal ones stored once: most weights and parameters of a chip are
// the same for many neurons, and what is shared stays in the cache.
#pragma once

#include <algorithm>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/mix.h"
#include "sim/cpu/aligned_array.h"

namespace spikefab::sim::cpu {

template <class T>
class BlockPool {
 public:
  // The index of the first block of a run that is equal to these values.
  u32 add(std::span<const T> run) {
    u64 hash = 0;
    for (const T value : run) hash = mix64(hash + static_cast<u64>(value));
    const auto [first, last] = index_.equal_range(hash);
    for (auto known = first; known != last; ++known) {
      const u64 begin = u64{known->second} * word_bits;
      if (run.size() <= values_.size() - begin &&
          std::equal(run.begin(), run.end(), values_.data() + begin)) {
        return known->second;
      }
    }
    const auto index = static_cast<u32>(values_.size() / word_bits);
    values_.insert(values_.end(), run.begin(), run.end());
    index_.emplace(hash, index);
    return index;
  }

  AlignedArray<T> values() const {
    AlignedArray<T> out(values_.size());
    std::copy(values_.begin(), values_.end(), out.begin());
    return out;
  }

 private:
  std::vector<T> values_;
  std::unordered_multimap<u64, u32> index_;  // by hash
};

}  // namespace spikefab::sim::cpu
