// How many cores a neuron sends to, as cores become known.
#pragma once

#include <utility>
#include <vector>

#include "mapper/mapping/spike_graph.h"

namespace spikefab {

class ReachCounter {
 public:
  explicit ReachCounter(const SpikeGraph& graph)
      : graph_(graph), reached_(graph.neurons), last_core_(graph.sources(), no_core) {}

  u32 reached(u32 neuron) const { return reached_[neuron]; }

  // One more core is reached by all that these neurons hear.
  void add_core(const std::vector<u32>& neurons) {
    ++core_;
    for (const u32 neuron : neurons) {
      for (const u32 source : graph_.sources_of(neuron)) {
        if (std::exchange(last_core_[source], core_) == core_) continue;
        if (source >= graph_.inputs) ++reached_[source - graph_.inputs];
      }
    }
  }

 private:
  static constexpr u32 no_core = 0xffffffff;

  const SpikeGraph& graph_;
  u32 core_ = no_core;
  std::vector<u32> reached_;    // [neuron]
  std::vector<u32> last_core_;  // [source] that counted it
};

}  // namespace spikefab
