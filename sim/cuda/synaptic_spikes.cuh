// Spikes of a warp: collected until there is one for each lane, then taken to their targets.
#pragma once

#include "sim/cuda/lanes.cuh"
#include "sim/cuda/synaptic_args.h"

namespace spikefab::sim::cuda {

// `spikes` has spike_list_room: a full list, and one more spike of each lane.
class SpikeList {
 public:
  __device__ explicit SpikeList(SentSpike* spikes) : spikes_(spikes) {}

  __device__ bool is_full() const { return count_ >= warp_lanes; }
  __device__ bool is_empty() const { return count_ == 0; }

  // All lanes, each with its neuron. Not when it is full.
  __device__ void add(SentSpike spike) {
    const u32 firing = __ballot_sync(all_lanes, spike.payload != 0);
    const u32 before = firing & ((1u << lane()) - 1);
    if (spike.payload != 0) spikes_[count_ + static_cast<u32>(__popc(before))] = spike;
    count_ += static_cast<u32>(__popc(firing));
    __syncwarp();
  }

  // All lanes: takes a spike for each, or all there are.
  __device__ SentSpike take() {
    const u32 taken = min(count_, warp_lanes);
    count_ -= taken;
    const SentSpike spike = lane() < taken ? spikes_[count_ + lane()] : SentSpike{0, 0};
    __syncwarp();
    return spike;
  }

 private:
  SentSpike* const spikes_;
  u32 count_ = 0;
};

// The targets of a spike of each lane, one of each lane at a time. The targets of a spike that has
// many are visited by all lanes together.
class TargetWalk {
  static constexpr u32 many = warp_lanes / 2;

 public:
  struct Target {
    bool exists;
    u32 core;  // or to_bus
    u32 axon;
    i32 payload;
  };

  __device__ TargetWalk(const SynapticArgs& args, SentSpike spike) : args_(args), spike_(spike) {
    if (spike.payload != 0) {
      next_ = static_cast<u32>(__ldg(args.target_begin + spike.neuron));
      end_ = static_cast<u32>(__ldg(args.target_begin + spike.neuron + 1));
    }
    waiting_ = __ballot_sync(all_lanes, end_ - next_ >= many);
  }

  // All lanes; false if none has a target left.
  __device__ bool advance(Target& target) {
    if (together_ >= together_end_ && waiting_ != 0) take_together();
    const bool together = together_ < together_end_;
    const u32 i = together ? together_ + lane() : next_;
    target.exists = i < (together ? together_end_ : end_);
    if (!__any_sync(all_lanes, target.exists)) return false;
    target.core = target.exists ? __ldg(args_.target_core + i) : 0;
    target.axon = target.exists ? __ldg(args_.target_axon + i) : 0;
    target.payload = together ? payload_ : spike_.payload;
    together ? together_ += warp_lanes : ++next_;
    return true;
  }

 private:
  // Those of the next spike that has many.
  __device__ void take_together() {
    const int from = first_bit(waiting_);
    waiting_ &= waiting_ - 1;
    together_ = __shfl_sync(all_lanes, next_, from);
    together_end_ = __shfl_sync(all_lanes, end_, from);
    payload_ = __shfl_sync(all_lanes, spike_.payload, from);
    if (lane() == static_cast<u32>(from)) next_ = end_;
  }

  const SynapticArgs& args_;
  const SentSpike spike_;
  u32 next_ = 0;  // of the lane's own spike
  u32 end_ = 0;
  u32 waiting_;  // bit i: the spike of lane i has many
  u32 together_ = 0;
  u32 together_end_ = 0;
  i32 payload_ = 0;
};

}  // namespace spikefab::sim::cuda
