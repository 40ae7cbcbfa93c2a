#include "sim/cpu/events.h"

#include <algorithm>

#include "base/memory.h"

namespace spikefab::sim::cpu {

Events::Events(const Stimulus& stimulus, const Program& program, const Layout& layout,
               const Split& split)
    : ticks_(stimulus.ticks) {
  check_available_memory((stimulus.begin.size() + stimulus.events.size()) * sizeof(u64),
                         "engine cpu: the stimulus");
  begin_ = stimulus.begin;
  routes_.reserve(stimulus.events.size());
  const std::vector<u32> core_at = program.core_at_position();
  for (const StimulusEvent& event : stimulus.events) {
    routes_.push_back(
        layout.route(CoreId{core_at[event.position]}, AxonId{event.axon}, event.delay, 0));
  }
  if (split.of == Split::replicas) return;
  for (u64 i = 0; i + 1 < begin_.size(); ++i) {  // what is between two replicas is empty
    std::sort(routes_.data() + begin_[i], routes_.data() + begin_[i + 1]);
  }
}

std::span<const Route> Events::of(u32 replica, u64 tick, u64 first_word, u64 end_word) const {
  if (tick >= ticks_) return {};
  const u64 i = replica * (ticks_ + 1) + tick;
  const Route* first = routes_.data() + begin_[i];
  const Route* last = routes_.data() + begin_[i + 1];
  const auto before = [](const Route& route, u64 word) { return route.word() < word; };
  if (first_word > 0) first = std::lower_bound(first, last, first_word, before);
  if (end_word < Route::max_words) last = std::lower_bound(first, last, end_word, before);
  return {first, last};
}

}  // namespace spikefab::sim::cpu
