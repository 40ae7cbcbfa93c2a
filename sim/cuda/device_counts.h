// What was counted in a run on a device, as the counts of a State.
#pragma once

#include "sim/cuda/kernel_args.h"
#include "sim/state.h"

namespace spikefab::sim::cuda {

// Since the last restore.
struct RunCounts {
  std::vector<u64> on_device;        // [replica][DeviceCount]
  std::vector<u64> output_spikes;    // [replica] counted on the host
  std::vector<u64> stimulus_events;  // [replica] likewise
};

// The bits that are set in `count` words.
u64 bits_of(const std::vector<u64>& words, u64 first, u64 count);

// Adds them to the counts of `state`, which are those of `start`; its output lines are set already.
// Not those of waiting spikes, which only crossbars have.
void add_counts(const RunCounts& run, const State& start, State& state);

}  // namespace spikefab::sim::cuda
