// The whole state of a run between two ticks: what an engine computes and a checkpoint stores.
#pragma once

#include <vector>

#include "arch/program.h"
#include "sim/views.h"

namespace spikefab::sim {

struct State {
  u64 tick = 0;  // the next tick to run
  u32 replicas = 1;
  std::vector<i32> neuron_state;  // [replica][state word][neuron]
  std::vector<u64> waiting;       // crossbars: [replica][slot][core][axon word]
  std::vector<i32> accumulators;  // synaptic memory: [replica][slot][neuron][input]
  std::vector<u64> output;        // [replica][output word]
  std::vector<u64> counts;        // [replica][Count]
  bool operator==(const State&) const = default;
};

// Elements of each array for one replica.
struct StateSizes {
  u64 neuron_state;
  u64 waiting;
  u64 accumulators;
  u64 output;
};
StateSizes state_sizes(const Program& program);

// The state before tick 0.
State initial_state(const Program& program, u32 replicas);

// Bytes that initial_state takes, without taking them; for checks against the memory there is.
u64 state_bytes(const Program& program, u32 replicas);

// Order-independent digest of one replica's state between two ticks (base/mix.h). Indices are those
// of the chip, not of the program, so that inert cores make no difference.
u64 digest(const Program& program, const State& state, u32 replica);

}  // namespace spikefab::sim
