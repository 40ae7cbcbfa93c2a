// A stimulus as the cpu engine keeps it: events as routes, sorted if lanes are ranges of cores, so
// that each lane finds its own.
#pragma once

#include <span>
#include <vector>

#include "arch/stimulus.h"
#include "sim/cpu/layout.h"

namespace spikefab::sim::cpu {

class Events {
 public:
  // Throws ResourceError if they do not fit into memory.
  Events(const Stimulus& stimulus, const Program& program, const Layout& layout,
         const Split& split);

  // Those of one replica and tick to the words from first_word up to end_word (see Route).
  std::span<const Route> of(u32 replica, u64 tick, u64 first_word, u64 end_word) const;

 private:
  u64 ticks_;
  std::vector<u64> begin_;  // [replica][tick + 1]
  std::vector<Route> routes_;
};

}  // namespace spikefab::sim::cpu
