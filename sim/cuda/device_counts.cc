#include "sim/cuda/device_counts.h"

#include <bit>

namespace spikefab::sim::cuda {

u64 bits_of(const std::vector<u64>& words, u64 first, u64 count) {
  u64 bits = 0;
  for (u64 i = first; i < first + count; ++i) bits += static_cast<u64>(std::popcount(words[i]));
  return bits;
}

// A spike merged with another on the output bus if it was delivered but set no new line; each line
// that was set was shown once or is still to be shown.
void add_counts(const RunCounts& run, const State& start, State& state) {
  const u64 output = state.output.size() / state.replicas;
  for (u32 r = 0; r < state.replicas; ++r) {
    const u64* const device = run.on_device.data() + u64{r} * device_count_kinds;
    u64* const counts = state.counts.data() + u64{r} * count_kinds;
    counts[spikes] += device[device_spikes];
    counts[hops] += device[device_hops];
    counts[axon_events] += device[device_axon_events];
    counts[synaptic_events] += device[device_synaptic_events];
    counts[output_spikes] += run.output_spikes[r];
    counts[stimulus_events] += run.stimulus_events[r];
    const u64 lines = run.output_spikes[r] + bits_of(state.output, r * output, output) -
                      bits_of(start.output, r * output, output);
    counts[output_merged] += device[device_to_bus] - lines;
  }
}

}  // namespace spikefab::sim::cuda
