// A stimulus for cores with synaptic memory as the cpu engine keeps it: the events of each replica
// and tick by core, so that those of a core are found together.
#pragma once

#include <span>
#include <vector>

#include "arch/stimulus.h"
#include "sim/cpu/synaptic_layout.h"

namespace spikefab::sim::cpu {

class SynapticEvents {
 public:
  // Throws ResourceError if they do not fit into memory.
  SynapticEvents(const Stimulus& stimulus, const SynapticLayout& layout);

  // Calls visit(core, its events) for the cores from first up to end, ascending; the last of all is
  // output_bus, whose axons are lines.
  template <class Visit>
  void for_each_core(u32 replica, u64 tick, u32 first, u64 end, Visit&& visit) const;

 private:
  u64 ticks_;
  std::vector<u64> begin_;           // [replica][tick + 1]
  std::vector<u32> core_;            // [event] or output_bus
  std::vector<GradedSpike> spikes_;  // [event]
};

template <class Visit>
void SynapticEvents::for_each_core(u32 replica, u64 tick, u32 first, u64 end, Visit&& visit) const {
  if (tick >= ticks_) return;
  const u64* begin = &begin_[replica * (ticks_ + 1) + tick];
  const auto last = core_.begin() + static_cast<i64>(begin[1]);
  auto event = std::lower_bound(core_.begin() + static_cast<i64>(begin[0]), last, first);
  while (event != last && *event < end) {
    const auto next = std::upper_bound(event, last, *event);
    const auto index = static_cast<u64>(event - core_.begin());
    visit(*event, std::span(spikes_).subspan(index, static_cast<u64>(next - event)));
    event = next;
  }
}

}  // namespace spikefab::sim::cpu
