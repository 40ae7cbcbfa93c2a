// Spikes from outside, per replica and tick. Stored as .sfab (arch/program_file.h).
#pragma once

#include <string>
#include <vector>

#include "arch/program.h"

namespace spikefab {

struct StimulusEvent {
  u32 position = 0;  // mesh index of the target core, or of the output bus
  u16 axon = 0;      // or line of the output bus
  u8 delay = 0;      // an event of tick t is processed in t + delay; ignored by the bus
  u8 unused = 0;     // keeps the file free of padding
  bool operator==(const StimulusEvent&) const = default;
};

// Replica r, tick t: events[begin[r * (ticks + 1) + t]] up to [.. + t + 1].
struct Stimulus {
  u32 mesh_width = 0;  // of the chip that it is made for, as positions depend on it; 0: any
  u32 replicas = 1;
  u64 ticks = 0;                 // events exist for ticks 0 .. ticks-1
  std::vector<u64> begin = {0};  // [replica][tick + 1]
  std::vector<StimulusEvent> events;
  std::vector<i32> payload = {};  // [event], for cores with synaptic memory; empty: 1 each

  i32 payload_of(u64 event) const { return payload.empty() ? 1 : payload[event]; }

  // Half-open range of indices into `events`; empty beyond the last tick.
  std::pair<u64, u64> range(u32 replica, u64 tick) const {
    if (tick >= ticks) return {0, 0};
    const u64 first = replica * (ticks + 1) + tick;
    return {begin[first], begin[first + 1]};
  }
};

// SHA-256 over the content, in hex: names a stimulus in checkpoints.
std::string content_hash(const Stimulus& stimulus);

// Several one-replica stimuli as one batch; replica r is parts[r].
Stimulus batch(const std::vector<Stimulus>& parts);

// Every event aims at a core or the bus of the program, with an axon and delay that exist; throws
// InputError with `place` (a file).
void check_stimulus(const Stimulus& stimulus, const Program& program, const std::string& place);

}  // namespace spikefab
