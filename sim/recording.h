// What to record of a run (RecordPlan) and what was recorded (Recording), all replicas together.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "base/hd.h"

namespace spikefab::sim {

// Cores first_position..last_position by mesh index and ticks first_tick..last_tick, inclusive.
struct Selection {
  u32 first_position = 0;
  u32 last_position = std::numeric_limits<u32>::max();
  u64 first_tick = 0;
  u64 last_tick = std::numeric_limits<u64>::max();

  bool has_position(u32 p) const { return p >= first_position && p <= last_position; }
  bool has_tick(u64 t) const { return t >= first_tick && t <= last_tick; }
};

struct RecordPlan {
  bool outputs = true;
  bool digests = false;
  std::optional<Selection> spikes;
  std::optional<Selection> potentials;
};

struct Spike {
  u64 tick;
  u32 replica;
  u32 position;  // mesh index of the core
  u32 neuron;    // within the core
  i32 payload = 1;
  bool operator==(const Spike&) const = default;
};

struct Potential {
  u64 tick;  // at the end of it
  u32 replica;
  u32 position;
  u32 neuron;
  i32 value;
  bool operator==(const Potential&) const = default;
};

struct Recording {
  std::vector<u64> outputs;           // [tick][replica][output word]
  std::vector<u64> digests;           // [tick][replica] after the tick
  std::vector<Spike> spikes;          // by tick, replica, position, neuron
  std::vector<Potential> potentials;  // likewise

  void clear() {
    outputs.clear();
    digests.clear();
    spikes.clear();
    potentials.clear();
  }
};

}  // namespace spikefab::sim
