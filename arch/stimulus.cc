#include "arch/stimulus.h"

#include <algorithm>

namespace spikefab {

Stimulus batch(const std::vector<Stimulus>& parts) {
  SPIKEFAB_ASSERT(!parts.empty());
  Stimulus all;
  all.replicas = 0;
  all.begin.clear();
  for (const Stimulus& part : parts) {
    all.replicas += part.replicas;
    all.ticks = std::max(all.ticks, part.ticks);
  }
  for (const Stimulus& part : parts) {
    for (u32 r = 0; r < part.replicas; ++r) {
      all.begin.push_back(all.events.size());
      for (u64 tick = 0; tick < all.ticks; ++tick) {
        const auto [first, last] = part.range(r, tick);
        all.events.insert(all.events.end(),
                          part.events.begin() + static_cast<std::ptrdiff_t>(first),
                          part.events.begin() + static_cast<std::ptrdiff_t>(last));
        all.begin.push_back(all.events.size());
      }
    }
  }
  return all;
}

void check_stimulus(const Stimulus& stimulus, const Program& program, const std::string& place) {
  const Chip& chip = program.chip;
  const std::vector<u32> core = program.core_at_position();
  Problems problems;
  for (u64 i = 0; i < stimulus.events.size() && !problems.full(); ++i) {
    const StimulusEvent& event = stimulus.events[i];
    const auto add = [&](const std::string& what, const std::string& hint) {
      problems.add({place, "event " + std::to_string(i) + " " + what, hint});
    };
    const auto below = [](u32 limit) { return "must be below " + std::to_string(limit); };
    if (event.position >= chip.mesh.size()) {
      add("aims at mesh index " + std::to_string(event.position),
          below(chip.mesh.size()) + "; was the stimulus made for another chip?");
      continue;
    }
    const auto [x, y] = chip.mesh.at(event.position);
    const bool to_bus = program.output_lines > 0 && event.position == program.output_position;
    if (!to_bus && core[event.position] == output_bus) {
      add("aims at core (" + std::to_string(x) + ", " + std::to_string(y) +
              "), which the program does not have",
          "was the stimulus made for another program?");
    } else if (to_bus && event.axon >= program.output_lines) {
      add("aims at output line " + std::to_string(event.axon), below(program.output_lines));
    } else if (!to_bus && event.axon >= chip.axons) {
      add("aims at axon " + std::to_string(event.axon), below(chip.axons));
    } else if (event.delay >= chip.slots) {
      add("has a delay of " + std::to_string(event.delay) + " ticks", below(chip.slots));
    }
  }
  problems.throw_if_any();
}

}  // namespace spikefab
