// What the machine can do at best, measured here and now: the figure that a share is a share of.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/hd.h"

namespace spikefab::cli {

// Bytes per second that `threads` threads read together, each over and over its own part of
// `working_set` bytes, in the widest vectors of this CPU; the best of several tries.
double read_bandwidth(u64 working_set, u32 threads);

// read_bandwidth() of working sets rounded up to a power of two, each measured once.
class MemoryCeilings {
 public:
  double bytes_per_second(u64 working_set, u32 threads);

 private:
  std::map<std::pair<u64, u32>, double> measured_;
};

// The limits of a GPU as benchmarks/floors.cu wrote them into a JSON file.
class GpuCeilings {
 public:
  // Throws InputError if the file is not of that kind.
  explicit GpuCeilings(const std::string& path);

  // Of the L2 cache if the working set fits into it, else of the memory.
  double bytes_per_second(u64 working_set) const;

 private:
  u64 l2_bytes_ = 0;
  double l2_read_ = 0;
  double memory_read_ = 0;
};

}  // namespace spikefab::cli
