#include "sim/cuda/state_layout.h"

#include <algorithm>

namespace spikefab::sim::cuda {
namespace {

void split(const u64* from, u64 count, u32* to) {
  for (u64 i = 0; i < count; ++i) {
    to[2 * i] = static_cast<u32>(from[i]);
    to[2 * i + 1] = static_cast<u32>(from[i] >> 32);
  }
}

void join(const u32* from, u64 count, u64* to) {
  for (u64 i = 0; i < count; ++i) to[i] = u64{from[2 * i + 1]} << 32 | from[2 * i];
}

}  // namespace

StateLayout::StateLayout(const Program& program, const AxonOrder& order, const ChipImage& image,
                         u32 replicas, u32 ring)
    : program_(program),
      order_(order),
      image_(image),
      replicas_(replicas),
      ring_(ring),
      state_words_(program.state_words()) {}

u64 StateLayout::neuron_words() const {
  return u64{replicas_} * state_words_ * image_.padded_neurons;
}

u64 StateLayout::waiting_words() const {
  return u64{replicas_} * ring_ * image_.cores() * image_.words;
}

u64 StateLayout::output_words() const { return u64{replicas_} * program_.output_words() * 2; }

u64 StateLayout::bytes() const {
  return (neuron_words() + waiting_words() + output_words()) * sizeof(u32);
}

// Calls visit(index in State, index on the device, neurons) for each core's part of each row of
// neuron_state.
template <class Visit>
void StateLayout::for_each_row(Visit&& visit) const {
  for (u64 row = 0; row < u64{replicas_} * state_words_; ++row) {
    for (u32 c = 0; c < image_.cores(); ++c) {
      const CoreRecord& record = image_.records[c];
      visit(row * program_.neurons() + program_.neuron_begin[image_.program_core[c]],
            row * image_.padded_neurons + record.first, record.neurons);
    }
  }
}

// Calls visit(core, index in State, index on the device) for the waiting spikes of each core that
// are processed in `tick` or later.
template <class Visit>
void StateLayout::for_each_slot(u64 tick, Visit&& visit) const {
  const u32 slots = program_.chip.slots;
  for (u32 r = 0; r < replicas_; ++r) {
    for (u64 due = tick; due < tick + slots; ++due) {
      for (u32 c = 0; c < image_.cores(); ++c) {
        const CoreId core{image_.program_core[c]};
        const u64 slot = (u64{r} * slots + due % slots) * program_.cores() + core.value;
        const u64 on_device = (u64{r} * ring_ + due % ring_) * image_.cores() + c;
        visit(core, slot * program_.chip.axon_words(), on_device * image_.words);
      }
    }
  }
}

DeviceArrays StateLayout::to_device(const State& state) const {
  DeviceArrays out;
  out.neuron_state.assign(neuron_words(), 0);
  out.waiting.assign(waiting_words(), 0);
  out.output.assign(output_words(), 0);
  split(state.output.data(), state.output.size(), out.output.data());
  for_each_row([&](u64 in_state, u64 on_device, u32 neurons) {
    std::copy_n(state.neuron_state.data() + in_state, neurons, out.neuron_state.data() + on_device);
  });
  std::vector<u64> sorted(order_.words());
  for_each_slot(state.tick, [&](CoreId core, u64 in_state, u64 on_device) {
    order_.sort(core, state.waiting.data() + in_state, sorted.data());
    split(sorted.data(), sorted.size(), out.waiting.data() + on_device);
  });
  return out;
}

State StateLayout::from_device(const DeviceArrays& arrays, const State& start, u64 tick,
                               const RunCounts& counts) const {
  State state = start;
  state.tick = tick;
  join(arrays.output.data(), state.output.size(), state.output.data());
  for_each_row([&](u64 in_state, u64 on_device, u32 neurons) {
    std::copy_n(arrays.neuron_state.data() + on_device, neurons,
                state.neuron_state.data() + in_state);
  });
  std::vector<u64> sorted(order_.words());
  for_each_slot(tick, [&](CoreId core, u64 in_state, u64 on_device) {
    join(arrays.waiting.data() + on_device, sorted.size(), sorted.data());
    order_.unsort(core, sorted.data(), state.waiting.data() + in_state);
  });
  add_counts(counts, start, state);
  add_waiting_counts(counts, start, state);
  return state;
}

// A spike merged with another if it was delivered but set no new bit; each bit that was set is
// taken once or still waits.
void StateLayout::add_waiting_counts(const RunCounts& run, const State& start, State& state) const {
  const u64 waiting = state.waiting.size() / replicas_;
  for (u32 r = 0; r < replicas_; ++r) {
    const u64* const device = run.on_device.data() + u64{r} * device_count_kinds;
    u64* const counts = state.counts.data() + u64{r} * count_kinds;
    const u64 to_cores = device[device_spikes] + run.stimulus_events[r] - device[device_dropped] -
                         device[device_to_bus];
    const u64 set = device[device_axon_events] + bits_of(state.waiting, r * waiting, waiting) -
                    bits_of(start.waiting, r * waiting, waiting);
    counts[dropped] += device[device_dropped];
    counts[merged] += to_cores - set;
  }
}

}  // namespace spikefab::sim::cuda
