// How the work is split among threads: into ranges of replicas, which never meet, or into ranges of
// cores, which exchange spikes once a tick.
#pragma once

#include <vector>

#include "arch/program.h"

namespace spikefab::sim::cpu {

inline constexpr u32 max_threads = 1024;

struct Split {
  struct Range {
    u32 first = 0;
    u32 end = 0;
  };
  enum Of { replicas, cores };

  Of of = replicas;
  std::vector<Range> ranges;  // [lane] ascending, none empty

  u32 lanes() const { return static_cast<u32>(ranges.size()); }

  // The lane that owns a core; lane 0 if lanes are ranges of replicas. The bus (output_bus) belongs
  // to the last.
  u32 owner(u32 core) const;
};

// At most `threads` lanes; fewer if there is not so much to share.
Split split_work(const Program& program, u32 replicas, u32 threads);

}  // namespace spikefab::sim::cpu
