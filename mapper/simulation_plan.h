// In which order the float simulation goes through a network, and what comes how many steps late.
// Delays are put where populations and Outputs read: each reads linear nodes that sum only sources
// which are equally late, so that a node which others feed, too, may be evaluated several times.
#pragma once

#include <vector>

#include "mapper/network.h"
#include "mapper/semantics.h"

namespace spikefab {

struct SimulationPlan {
  // A linear node that sums some of its sources. Its signal has the number
  // (number of nodes + its index); that of an Input or population is that of the node.
  struct Linear {
    u32 node = 0;
    std::vector<u32> reads;  // signals
    bool with_bias = true;
  };
  struct Entry {
    u32 signal = 0;
    u32 delay = 0;                 // steps
    bool silent_at_start = false;  // nothing before step `delay`, not even a bias
  };
  std::vector<Linear> linears;
  std::vector<std::vector<Entry>> entries;  // [node], of populations and Outputs
  std::vector<u32> order;                   // signals: each after those that it reads undelayed
  std::vector<u32> depth;                   // [signal] the longest delay with which it is read
};

SimulationPlan make_simulation_plan(const Network& network, const Semantics& semantics);

}  // namespace spikefab
