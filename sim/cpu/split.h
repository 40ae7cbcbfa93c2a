// How the work is split among threads, into lanes: ranges of replicas, which never meet, a thread
// running one after another; or ranges of cores, one per thread, which exchange spikes once a tick.
#pragma once

#include <vector>

#include "base/hd.h"

namespace spikefab::sim::cpu {

inline constexpr u32 max_threads = 1024;

// Replicas of a lane, as long as a thread then has no more than so many lanes. They share what is
// fetched of the chip, yet their own state stays near. Measured for 512 cores of 256 x 256: 8 are
// 14 % faster than 64, and 24 % than 1.
inline constexpr u32 lane_replicas = 8;
inline constexpr u32 most_lanes = 128;

struct Split {
  struct Range {
    u32 first = 0;
    u32 end = 0;
  };
  enum Of { replicas, cores };

  Of of = replicas;
  u32 threads = 1;
  u32 replicas_each = 1;      // of a lane; the last has what is left if lanes are of replicas
  std::vector<Range> ranges;  // [lane] ascending, none empty

  u32 lanes() const { return static_cast<u32>(ranges.size()); }

  // The lane that owns a core; lane 0 if lanes are ranges of replicas. The bus (output_bus) belongs
  // to the last.
  u32 owner(u32 core) const;
};

// At most `threads`; fewer if there is not so much to share. `core_costs` says what the update of
// each core costs, in any unit.
Split split_work(const std::vector<u64>& core_costs, u32 replicas, u32 threads);

}  // namespace spikefab::sim::cpu
