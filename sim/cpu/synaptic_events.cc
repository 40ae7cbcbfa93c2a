#include "sim/cpu/synaptic_events.h"

#include <algorithm>
#include <numeric>

#include "base/memory.h"

namespace spikefab::sim::cpu {

SynapticEvents::SynapticEvents(const Stimulus& stimulus, const SynapticLayout& layout)
    : ticks_(stimulus.ticks) {
  constexpr u64 event_bytes = sizeof(u32) + sizeof(GradedSpike);
  check_available_memory(stimulus.begin.size() * sizeof(u64) + stimulus.events.size() * event_bytes,
                         "engine cpu: the stimulus");
  begin_ = stimulus.begin;
  core_.reserve(stimulus.events.size());
  spikes_.reserve(stimulus.events.size());
  std::vector<std::pair<u32, u64>> order;        // core, event
  for (u64 i = 0; i + 1 < begin_.size(); ++i) {  // what is between two replicas is empty
    order.clear();
    for (u64 e = begin_[i]; e < begin_[i + 1]; ++e) {
      order.emplace_back(layout.core_at(stimulus.events[e].position).value, e);
    }
    std::sort(order.begin(), order.end());
    for (const auto& [core, e] : order) {
      core_.push_back(core);
      spikes_.push_back({stimulus.events[e].axon, stimulus.payload_of(e)});
    }
  }
}

}  // namespace spikefab::sim::cpu
