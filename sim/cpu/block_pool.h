// Blocks of 64 values, equal ones stored once: most weights and parameters of a chip are the same
// for many neurons, and what is shared stays in the cache.
#pragma once

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "base/mix.h"
#include "sim/cpu/aligned_array.h"

namespace spikefab::sim::cpu {

template <class T>
class BlockPool {
 public:
  // The index of a block that is equal to these word_bits values.
  u32 add(const T* block) {
    u64 hash = 0;
    for (u32 n = 0; n < word_bits; ++n) hash = mix64(hash + static_cast<u64>(block[n]));
    const auto [first, last] = index_.equal_range(hash);
    for (auto known = first; known != last; ++known) {
      if (std::equal(block, block + word_bits, &values_[u64{known->second} * word_bits])) {
        return known->second;
      }
    }
    const auto index = static_cast<u32>(values_.size() / word_bits);
    values_.insert(values_.end(), block, block + word_bits);
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
