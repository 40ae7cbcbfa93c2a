#include "arch/stimulus.h"

#include <algorithm>
#include <span>

#include "base/files.h"
#include "base/memory.h"

namespace spikefab {

std::string content_hash(const Stimulus& stimulus) {
  Sha256 sha;
  const u64 sizes[] = {stimulus.mesh_width, stimulus.replicas, stimulus.ticks};
  sha.add(std::as_bytes(std::span(sizes)));
  sha.add(std::as_bytes(std::span(stimulus.begin)));
  sha.add(std::as_bytes(std::span(stimulus.events)));
  sha.add(std::as_bytes(std::span(stimulus.payload)));
  return sha.hex();
}

Stimulus batch(const std::vector<Stimulus>& parts) {
  SPIKEFAB_ASSERT(!parts.empty());
  Stimulus all;
  all.ticks = 0;
  u64 replicas = 0;
  bool has_payload = false;
  for (const Stimulus& part : parts) {
    replicas += part.replicas;
    has_payload |= !part.payload.empty();
    all.ticks = std::max(all.ticks, part.ticks);
  }
  const u64 entries = checked_product({replicas, all.ticks + 1});
  check_available_memory(checked_product({entries, sizeof(u64)}), "the index of this batch");
  all.mesh_width = parts[0].mesh_width;
  all.replicas = static_cast<u32>(replicas);
  all.begin.clear();
  for (const Stimulus& part : parts) {
    for (u32 r = 0; r < part.replicas; ++r) {
      all.begin.push_back(all.events.size());
      for (u64 tick = 0; tick < all.ticks; ++tick) {
        const auto [first, last] = part.range(r, tick);
        all.events.insert(all.events.end(),
                          part.events.begin() + static_cast<std::ptrdiff_t>(first),
                          part.events.begin() + static_cast<std::ptrdiff_t>(last));
        for (u64 i = first; i < last && has_payload; ++i) all.payload.push_back(part.payload_of(i));
        all.begin.push_back(all.events.size());
      }
    }
  }
  return all;
}

namespace {

u32 axons_of(const Program& program, u32 core) {
  if (program.chip.has_crossbars()) return program.chip.axons;
  const SynapticMemory& memory = *program.memory;
  return static_cast<u32>(memory.axon_begin[core + 1] - memory.axon_begin[core]);
}

}  // namespace

void check_stimulus(const Stimulus& stimulus, const Program& program, const std::string& place) {
  const Chip& chip = program.chip;
  const std::vector<u32> core = program.core_at_position();
  if (stimulus.mesh_width != 0 && stimulus.mesh_width != chip.mesh.width) {
    throw InputError(place,
                     "is made for a mesh " + std::to_string(stimulus.mesh_width) +
                         " cores wide, the program's is " + std::to_string(chip.mesh.width),
                     "its events would reach other cores");
  }
  // With synaptic memory, delays are those of synapses.
  const u32 slots = chip.has_crossbars() ? chip.slots : 1;
  Problems problems;
  if (!stimulus.payload.empty() && chip.has_crossbars()) {
    problems.add({place, "its events have payloads", "crossbars take spikes without payload only"});
  }
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
    } else if (const u32 axons = to_bus ? 0 : axons_of(program, core[event.position]);
               !to_bus && event.axon >= axons) {
      add("aims at axon " + std::to_string(event.axon), below(axons));
    } else if (event.unused != 0) {
      add("has a set bit in its unused byte", "the file is damaged");
    } else if (event.delay >= slots) {
      add("has a delay of " + std::to_string(event.delay) + " ticks", below(slots));
    }
  }
  problems.throw_if_any();
}

}  // namespace spikefab
