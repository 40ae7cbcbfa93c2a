// The random numbers of one neuron in one tick: a pure function of (seed, replica, core, neuron,
// tick, draw), the same on every engine.
#pragma once

#include "base/random.h"

namespace spikefab {

struct NeuronRandom {
  u64 seed;
  u32 replica;
  u32 position;  // mesh index of the core
  u32 neuron;    // of the core, below 2^16
  u64 tick;

  // Number `draw` of this tick, below 2^16.
  SPIKEFAB_HD u32 draw(u32 draw) const {
    const u64 key = seed ^ (tick >> 32) << 32;  // ticks beyond 2^32 change the key
    return random_u32(key, position, neuron | draw << 16, static_cast<u32>(tick), replica);
  }
};

}  // namespace spikefab
