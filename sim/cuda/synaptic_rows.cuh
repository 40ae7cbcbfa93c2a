// How a warp adds the synapses of axons that spiked to accumulators.
#pragma once

#include "arch/synapse.h"
#include "sim/cuda/lanes.cuh"
#include "sim/cuda/synaptic_args.h"

namespace spikefab::sim::cuda {

// The accumulators of one replica: of all cores in global memory, or of the tile's in shared
// memory. Index is wide enough for all slots.
template <class Index>
struct Accumulators {
  i32* sums;     // [slot][neuron][input]
  Index stride;  // of a slot
  u32 first;     // neuron
  u32 inputs;

  // Where those of a core begin in a slot.
  __device__ u32 place(const SynapticCore& core) const { return (core.first - first) * inputs; }
  __device__ i32* at(u32 slot, u32 place) const { return sums + slot * stride + place; }
};

// The slot of each delay for what is due from one tick on.
struct DueSlots {
  u32 now;
  u32 slots;
  __device__ u32 after(u32 delay) const { return wrapped(now + delay, slots); }
};

template <class Index>
class RowAdder {
  // Longer rows are added by all lanes together, shorter ones by one lane each.
  static constexpr u32 longest_of_lane = 15;

 public:
  // `totals` of the replica.
  __device__ RowAdder(const SynapticArgs& args, Accumulators<Index> accumulators, u64* totals)
      : args_(args), accumulators_(accumulators), totals_(totals) {}

  // All lanes call it; those with a row add it times its payload. `place` is that of its core.
  __device__ void add(bool exists, Arrival arrival, u32 place, DueSlots due,
                      LaneCounts& counts) const {
    const u32 begin = exists ? __ldg(args_.row_begin + arrival.row) : 0;
    const u32 end = exists ? __ldg(args_.row_begin + arrival.row + 1) : 0;
    counts.add(device_axon_events, exists, totals_);
    counts.add(device_synaptic_events, end - begin, totals_);
    const bool is_long = end - begin > longest_of_lane;
    for (u32 rows = __ballot_sync(all_lanes, is_long); rows != 0; rows &= rows - 1) {
      const int from = first_bit(rows);
      const u32 last = __shfl_sync(all_lanes, end, from);
      const i32 payload = __shfl_sync(all_lanes, arrival.payload, from);
      const u32 of_core = __shfl_sync(all_lanes, place, from);
      for (u32 i = __shfl_sync(all_lanes, begin, from) + lane(); i < last; i += warp_lanes) {
        add_synapse(i, payload, of_core, due);
      }
    }
    if (is_long) return;
    for (u32 i = begin; i < end; ++i) add_synapse(i, arrival.payload, place, due);
  }

 private:
  __device__ void add_synapse(u32 i, i32 payload, u32 place, DueSlots due) const {
    const u32 synapse = __ldg(args_.synapse + i);
    i32* const sum =
        accumulators_.at(due.after(delay_of(synapse)), place + accumulator_of(synapse));
    const u32 amount = static_cast<u32>(value_of(synapse)) * static_cast<u32>(payload);
    atomicAdd(sum, static_cast<i32>(amount));
  }

  const SynapticArgs& args_;
  const Accumulators<Index> accumulators_;
  u64* const totals_;
};

}  // namespace spikefab::sim::cuda
