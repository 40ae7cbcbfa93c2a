// The kernel that runs ticks of cores with synaptic memory: persistent, one launch for many ticks
// of all replicas. In a tick, a block updates the neurons of its cores and takes their spikes to
// the axons that they reach; then blocks wait for each other once. There are three ways:
// - global: accumulators are in global memory; who has a spike adds its synapses there.
// - shared: one block has the whole chip, with the accumulators in its shared memory.
// - inbox: blocks have the accumulators of their cores in shared memory. Spikes go into an inbox of
//   the core that they reach; after the barrier, its block adds their synapses.
// Two inboxes are used by turns, so that the next tick's spikes need not wait for the last reader.
// Events of a tick are taken to axons with the spikes of the tick before: both are due in it.
#pragma once

#include "arch/neuron_random.h"
#include "compartment_models.h"
#include "sim/cuda/grid_barrier.cuh"
#include "sim/cuda/synaptic_rows.cuh"
#include "sim/cuda/synaptic_spikes.cuh"

namespace spikefab::sim::cuda {

enum class SynapticWay { global, shared, inbox };

template <SynapticWay way>
class SynapticBlock {
  static constexpr bool in_shared = way != SynapticWay::global;
  static constexpr bool has_inbox = way == SynapticWay::inbox;
  using Index = std::conditional_t<in_shared, u32, u64>;

 public:
  // `shared` begins with the spike lists of the warps; then come the accumulators.
  __device__ SynapticBlock(const SynapticArgs& args, u8* shared)
      : args_(args),
        spikes_(reinterpret_cast<SentSpike*>(shared) + warp() * spike_list_room),
        first_neuron_(in_shared ? args.cores[tile().begin].first : 0),
        sums_per_slot_(in_shared ? (args.cores[tile().end].first - first_neuron_) * args.inputs
                                 : args.neurons * args.inputs),
        shared_sums_(reinterpret_cast<i32*>(reinterpret_cast<SentSpike*>(shared) +
                                            warps() * spike_list_room)) {}

  __device__ void run() {
    for (replica_ = first_replica(blockIdx.y); replica_ < first_replica(blockIdx.y + 1);
         ++replica_) {
      run_replica();
    }
  }

 private:
  // The cores of the block.
  __device__ Range tile() const {
    return {args_.tile_begin[blockIdx.x], args_.tile_begin[blockIdx.x + 1]};
  }
  __device__ u64* totals() const { return args_.counts + u64{replica_} * device_count_kinds; }
  __device__ static u32 warp() { return threadIdx.x / warp_lanes; }
  __device__ static u32 warps() { return blockDim.x / warp_lanes; }
  __device__ u32 first_replica(u32 y) const {
    return static_cast<u32>(u64{args_.replicas} * y / gridDim.y);
  }

  __device__ void run_replica() {
    counts_ = {};
    if constexpr (in_shared) fetch_accumulators();
    u32 slot = static_cast<u32>(args_.first_tick % args_.slots);
    for (u32 row = 0;; ++row) {
      if (row < args_.ticks) take_events(row, slot);
      finish_arrivals(slot);
      if (row == args_.ticks) break;
      update(row, slot);
      slot = wrapped(slot + 1, args_.slots);
    }
    if constexpr (in_shared) store_accumulators();
    counts_.add_to<u64>(totals());
  }

  // ---- accumulators

  __device__ i32* global_sums() const {
    return args_.accumulators + replica_ * args_.slots * args_.neurons * args_.inputs;
  }

  __device__ Accumulators<Index> accumulators() const {
    if constexpr (in_shared) {
      return {shared_sums_, sums_per_slot_, first_neuron_, args_.inputs};
    } else {
      return {global_sums(), args_.neurons * args_.inputs, 0, args_.inputs};
    }
  }

  // Calls visit(in global memory, in shared memory) for each of the tile.
  template <class Visit>
  __device__ void for_each_accumulator(Visit&& visit) const {
    const Accumulators<Index> mine = accumulators();
    for (u32 slot = 0; slot < args_.slots; ++slot) {
      i32* const global = global_sums() + (slot * args_.neurons + mine.first) * args_.inputs;
      i32* const shared = mine.at(slot, 0);
      for (u32 i = threadIdx.x; i < mine.stride; i += blockDim.x) visit(global[i], shared[i]);
    }
  }
  __device__ void fetch_accumulators() const {
    for_each_accumulator([](i32& global, i32& shared) { shared = global; });
    if constexpr (!has_inbox) __syncthreads();  // there, finish_arrivals() comes before others add
  }
  __device__ void store_accumulators() const {
    for_each_accumulator([](i32& global, i32& shared) { global = shared; });
  }

  // ---- neurons

  // Sends spikes as soon as there is one for each lane, and what is left at the end.
  __device__ void update(u32 row, u32 slot) {
    u32 core = tile().begin;
    const u32 end = args_.cores[tile().end].first_group;
    for (u32 group = args_.cores[core].first_group + warp();; group += warps()) {
      const bool ends = group >= end;
      if (!ends) {
        while (args_.cores[core + 1].first_group <= group) ++core;
        update_group(core, group, row, slot);
      }
      if (spikes_.is_full() || (ends && !spikes_.is_empty())) {
        send(row + 1, wrapped(slot + 1, args_.slots));
      }
      if (ends) return;
    }
  }

  __device__ void update_group(u32 core, u32 group, u32 row, u32 slot) {
    const SynapticCore record = args_.cores[core];
    const u32 n = (group - record.first_group) * warp_lanes + lane();
    SentSpike spike{record.first + n, 0};
    if (n < record.neurons) {
      spike.payload = step(core, record, n, row, slot);
      if (args_.sent != nullptr) {
        const u64 replica_row = u64{row} * args_.replicas + replica_;
        args_.sent[replica_row * args_.neurons + spike.neuron] = spike.payload;
      }
    }
    spikes_.add(spike);
  }

  // Steps neuron n of a core; returns the payload of its spike, or 0.
  __device__ i32 step(u32 core, const SynapticCore& record, u32 n, u32 row, u32 slot) const {
    const Accumulators<Index> sums = accumulators();
    i32* const due = sums.at(slot, sums.place(record) + n * args_.inputs);
    const NeuronRandom random = {args_.seed, replica_, record.position, n, args_.first_tick + row};
    i32 payload = 0;
    CompartmentModels::at(args_.neuron_model, [&](auto model) {
      payload = step_model<decltype(model)>(core, record.first, n, due, random);
    });
    return payload;
  }

  template <class Model>
  __device__ i32 step_model(u32 core, u32 first, u32 n, i32* due,
                            const NeuronRandom& random) const {
    i32 params[Model::params.size()];
    i32 state[Model::state_words];
    i32 input[Model::inputs];
    i32* const states =
        args_.neuron_state + u64{replica_} * Model::state_words * args_.neurons + first + n;
#pragma unroll
    for (u32 k = 0; k < Model::params.size(); ++k) {
      const SynapticParam param = args_.params[core * Model::params.size() + k];
      params[k] = param.differs != 0 ? __ldg(args_.param_values + param.value + n)
                                     : static_cast<i32>(param.value);
    }
#pragma unroll
    for (u32 k = 0; k < Model::state_words; ++k) state[k] = states[k * args_.neurons];
#pragma unroll
    for (u32 k = 0; k < Model::inputs; ++k) {
      input[k] = due[k];
      if (input[k] != 0) due[k] = 0;
    }
    const i32 payload = Model::step(params, state, input, random);
#pragma unroll
    for (u32 k = 0; k < Model::state_words; ++k) states[k * args_.neurons] = state[k];
    return payload;
  }

  // ---- spikes and events

  // The first spikes of the warp's list.
  __device__ void send(u32 due_row, u32 due_slot) {
    const SentSpike spike = spikes_.take();
    if (spike.payload != 0) {
      counts_.add(device_spikes, 1, totals());
      counts_.add(device_hops, __ldg(args_.target_hops + spike.neuron), totals());
    }
    TargetWalk targets(args_, spike);
    TargetWalk::Target target;
    while (targets.advance(target)) arrive(target, due_row, due_slot);
  }

  // The events of a tick, shared out among the warps of all blocks.
  __device__ void take_events(u32 row, u32 slot) {
    const u64 tick = args_.first_tick + row;
    if (tick >= args_.event_ticks) return;
    const u64* const begin = args_.event_begin + replica_ * (args_.event_ticks + 1) + tick;
    const u64 end = begin[1];
    const u32 before = (blockIdx.x * warps() + warp()) * warp_lanes;
    for (u64 first = begin[0] + before; first < end; first += gridDim.x * blockDim.x) {
      const bool exists = first + lane() < end;
      SynapticEvent event{};
      if (exists) event = args_.events[first + lane()];
      arrive({exists, event.core, event.axon, event.payload}, row, slot);
    }
  }

  // All lanes. What arrives at axons is due from `slot` on, what arrives at the bus shows in `row`.
  __device__ void arrive(TargetWalk::Target target, u32 row, u32 slot) {
    if (target.exists && target.core == to_bus) {
      counts_.add(device_to_bus, 1, totals());
      u32* const lines = args_.output + (u64{row} * args_.replicas + replica_) * args_.output_words;
      atomicOr(lines + target.axon / 32, 1u << (target.axon % 32));
      target.exists = false;
    }
    const SynapticCore* const core = args_.cores + (target.exists ? target.core : 0);
    const Arrival arrival{core->first_row + target.axon, target.payload};
    if constexpr (has_inbox) {
      put(target, arrival, core->inbox);
    } else {
      add(target.exists, arrival, *core, slot);
    }
  }

  __device__ void add(bool exists, Arrival arrival, const SynapticCore& core, u32 slot) {
    const Accumulators<Index> sums = accumulators();
    RowAdder<Index>(args_, sums, totals())
        .add(exists, arrival, sums.place(core), {slot, args_.slots}, counts_);
  }

  // ---- inboxes

  __device__ u64 inbox_number() const { return u64{blockIdx.y} * 2 + turn_; }
  __device__ u32* inbox_counts() const {
    return args_.inbox_count + inbox_number() * args_.all_cores;
  }
  __device__ Arrival* inbox() const { return args_.inbox + inbox_number() * args_.inbox_size; }

  // All lanes. Those with the same core get their places by one of them.
  __device__ void put(const TargetWalk::Target& target, Arrival arrival, u32 inbox_of_core) const {
    const u32 peers = __match_any_sync(all_lanes, target.exists ? target.core : to_bus);
    const int leader = first_bit(peers);
    u32 place = 0;
    if (target.exists && lane() == static_cast<u32>(leader)) {
      place = atomicAdd(inbox_counts() + target.core, static_cast<u32>(__popc(peers)));
    }
    place = __shfl_sync(all_lanes, place, leader) +
            static_cast<u32>(__popc(peers & ((1u << lane()) - 1)));
    if (target.exists) inbox()[inbox_of_core + place] = arrival;
  }

  // Waits until all that is due from `slot` on is in the accumulators of the tile.
  __device__ void finish_arrivals(u32 slot) {
    if constexpr (way == SynapticWay::shared) {
      __syncthreads();
    } else {
      grid_barrier(args_.barrier + blockIdx.y * barrier_stride, gridDim.x);
    }
    if constexpr (has_inbox) {
      add_inboxes(slot);
      __syncthreads();
      for (u32 core = tile().begin + threadIdx.x; core < tile().end; core += blockDim.x) {
        inbox_counts()[core] = 0;
      }
      turn_ ^= 1;
    }
  }

  // Warps take chunks of an inbox by turns, and begin with another one for each core.
  __device__ void add_inboxes(u32 slot) {
    u32 chunk_of_warp = warp();
    for (u32 core = tile().begin; core < tile().end; ++core) {
      const SynapticCore record = args_.cores[core];
      const u32 count = inbox_counts()[core];
      const Arrival* const arrivals = inbox() + record.inbox;
      for (u32 first = chunk_of_warp * warp_lanes; first < count; first += blockDim.x) {
        const bool exists = first + lane() < count;
        add(exists, exists ? arrivals[first + lane()] : Arrival{}, record, slot);
      }
      chunk_of_warp = chunk_of_warp + 1 == warps() ? 0 : chunk_of_warp + 1;
    }
  }

  const SynapticArgs& args_;
  SpikeList spikes_;
  const u32 first_neuron_;     // whose accumulators are in shared memory
  const Index sums_per_slot_;  // of them
  i32* const shared_sums_;
  u32 replica_ = 0;
  u32 turn_ = 0;  // which inbox is filled
  LaneCounts counts_;
};

}  // namespace spikefab::sim::cuda
