// The work of one warp: a part of a core, for one replica, over a few ticks. Each lane owns
// `per_lane` neurons that follow each other (sim/cuda/lane_sums.cuh adds up their synapses).
#pragma once

#include "sim/cuda/lane_sums.cuh"

namespace spikefab::sim::cuda {

// What spikes and events of one replica are set into.
class Mailbox {
 public:
  __device__ Mailbox(const AdvanceArgs& args, u32 replica)
      : args_(args),
        replica_(replica),
        waiting_(args.waiting + u64{replica} * args.ring * slot_words()) {}

  // The words of a core in slot 0; those of the next slot are slot_words() further on.
  __device__ u32* waiting(u32 core) const { return waiting_ + u64{core} * args_.words; }
  __device__ u64 slot_words() const { return u64{args_.cores} * args_.words; }

  // Into the waiting spikes of `slot`, or the output row `row`.
  __device__ void deliver(Target target, u32 slot, u32 row, LaneCounts& counts) const {
    if (target.kind == Target::nowhere) {
      ++counts.count[device_dropped];
      return;
    }
    const bool bus = target.kind == Target::bus;
    counts.count[device_to_bus] += bus;
    u32* const words =
        bus ? args_.output + (u64{row} * args_.replicas + replica_) * args_.output_words
            : waiting_ + slot * slot_words();
    atomicOr(words + target.word, 1u << target.bit);
  }

 private:
  const AdvanceArgs& args_;
  const u32 replica_;
  u32* const waiting_;  // [slot][core][word]
};

// In a launch, ticks are counted from its first one: `row`, as in what it records.
template <class Model, u32 per_lane>
class CorePart {
 public:
  __device__ CorePart(const AdvanceArgs& args, CoreView core, u32 core_index, u32 part, u32 replica)
      : args_(args),
        core_(core),
        mailbox_(args, replica),
        waiting_(mailbox_.waiting(core_index)),
        core_index_(core_index),
        part_(part),
        replica_(replica),
        first_(part * warp_lanes * per_lane + lane() * per_lane),
        active_(first_ < core.record.padded) {
    const u32 neurons = core.record.neurons;
    const u32 mine = first_ < neurons ? min(neurons - first_, per_lane) : 0;
    real_ = (1u << mine) - 1;
  }

  // Before the first tick: fetches the state.
  __device__ void load() {
    rests_ = __shfl_sync(all_lanes, lane() == 0 ? *quiet_at() : 0, 0) != 0;
    if (!active_) return;
#pragma unroll
    for (u32 word = 0; word < Model::state_words; ++word) {
      fetch(state_at(word), value_[word]);
    }
  }

  // After the last tick.
  __device__ void save() const {
    counts_.add_to<u32>(args_.counts + u64{replica_} * device_count_kinds);
    if (lane() == 0) *quiet_at() = rests_;
    if (!active_) return;
#pragma unroll
    for (u32 word = 0; word < Model::state_words; ++word) {
      store(value_[word], state_at(word));
    }
  }

  __device__ void run_tick(u32 row, u32 slot) {
    if (part_ == 0) clear(wrapped(slot + args_.ring - args_.step, args_.ring));
    LaneSums<per_lane> input;
    const bool any = integrate(waiting_ + slot * mailbox_.slot_words(), input);
    u32 fires = 0;
    if (any || !rests_) {
      u32 moves = 0;
      if (active_) fires = update(input.sum, moves);
      rests_ = !any && __ballot_sync(all_lanes, (fires | moves) != 0) == 0;
      send(fires, row, slot);
    }
    if (args_.fired != nullptr) record(fires, row);
  }

 private:
  __device__ i32* state_at(u32 word) const {
    return args_.neuron_state + (u64{replica_} * Model::state_words + word) * args_.padded_neurons +
           core_.record.first + first_;
  }

  __device__ u8* quiet_at() const {
    return args_.quiet + (u64{replica_} * args_.cores + core_index_) * args_.parts + part_;
  }

  __device__ void clear(u32 slot) const {
    u32* const words = waiting_ + slot * mailbox_.slot_words();
    for (u32 w = lane(); w < args_.words; w += warp_lanes) words[w] = 0;
  }

  // Adds the synapses of the axons that spike; true if there are any. Lane i holds word i of 32;
  // words of one axon type are taken together.
  __device__ bool integrate(const u32* waiting, LaneSums<per_lane>& input) {
    u32 any = 0;
    for (u32 first = 0; first < args_.words; first += warp_lanes) {
      const u32 word = first + lane();
      const bool exists = word < args_.words;
      const u32 spikes = exists ? waiting[word] : 0;
      const u32 type = exists ? core_.word_types()[word] : 0;
      const u32 row = exists ? core_.word_rows()[word] : 0;
      if (part_ == 0) counts_.count[device_axon_events] += static_cast<u32>(__popc(spikes));
      u32 full = __ballot_sync(all_lanes, spikes != 0);
      any |= full;
      while (full != 0) {
        const u32 this_type = __shfl_sync(all_lanes, type, first_bit(full));
        const u32 words = full & __ballot_sync(all_lanes, type == this_type);
        full &= ~words;
        add_words(words, spikes, row, this_type, input);
      }
    }
    return any != 0;
  }

  // Adds the axons of one type; bit i of `words`: lane i holds some.
  __device__ void add_words(u32 words, u32 spikes, u32 row, u32 type, LaneSums<per_lane>& input) {
    ConnectionCounter<per_lane> counter;
    u32 counted = 0;  // axons, at most
    for (; words != 0; words &= words - 1) {
      const int word = first_bit(words);
      const u32 axons = __shfl_sync(all_lanes, spikes, word);
      const u32 first_row = __shfl_sync(all_lanes, row, word);
      if (counted > ConnectionCounter<per_lane>::most - 32) {
        settle(counter, type, input);
        counted = 0;
      }
      counted += 32;
      if (active_) counter.add(core_.column(first_row, first_), core_.row_bytes(), axons, first_);
    }
    settle(counter, type, input);
  }

  __device__ void settle(ConnectionCounter<per_lane>& counter, u32 type,
                         LaneSums<per_lane>& input) {
    if (!active_) return;
    counts_.count[device_synaptic_events] += counter.total();
    input.add(counter, core_.weights(type) + first_);
    counter = {};
  }

  // Steps the neurons of the lane, a few at a time. Bit i of the result says that neuron i fires,
  // of `moves` that its state changes.
  __device__ u32 update(const i32 (&input)[per_lane], u32& moves) {
    constexpr u32 param_count = Model::params.size();
    constexpr u32 at_a_time = 2;
    u32 fires = 0;
#pragma unroll
    for (u32 begin = 0; begin < per_lane; begin += at_a_time) {
      i32 param[param_count][at_a_time];
#pragma unroll
      for (u32 k = 0; k < param_count; ++k) fetch(core_.params(k) + first_ + begin, param[k]);
#pragma unroll
      for (u32 i = 0; i < at_a_time; ++i) {
        const u32 n = begin + i;
        i32 params[param_count];
        i32 state[Model::state_words];
#pragma unroll
        for (u32 k = 0; k < param_count; ++k) params[k] = param[k][i];
#pragma unroll
        for (u32 k = 0; k < Model::state_words; ++k) state[k] = value_[k][n];
        fires |= static_cast<u32>(Model::step(params, state, input[n])) << n;
#pragma unroll
        for (u32 k = 0; k < Model::state_words; ++k) {
          moves |= static_cast<u32>(state[k] != value_[k][n]) << n;
          value_[k][n] = state[k];
        }
      }
    }
    moves &= real_;
    return fires & real_;
  }

  __device__ void send(u32 fires, u32 row, u32 slot) {
    for (; fires != 0; fires &= fires - 1) {
      const Target target = core_.targets()[first_ + static_cast<u32>(first_bit(fires))];
      ++counts_.count[device_spikes];
      counts_.count[device_hops] += target.hops;
      mailbox_.deliver(target, wrapped(slot + 1 + target.delay, args_.ring), row + 1, counts_);
    }
  }

  // Lanes whose neurons share a word of 32 put it together; the first of them stores it.
  __device__ void record(u32 fires, u32 row) const {
    constexpr u32 sharing = 32 / per_lane;
    u32 word = fires << (first_ % 32);
#pragma unroll
    for (u32 other = 1; other < sharing; other *= 2) {
      word |= __shfl_xor_sync(all_lanes, word, static_cast<int>(other));
    }
    if (!active_ || lane() % sharing != 0) return;
    const u64 replica_row = u64{row} * args_.replicas + replica_;
    args_.fired[(replica_row * args_.padded_neurons + core_.record.first + first_) / 32] = word;
  }

  const AdvanceArgs& args_;
  const CoreView core_;
  const Mailbox mailbox_;
  u32* const waiting_;  // of the core in slot 0
  const u32 core_index_;
  const u32 part_;  // part 0 takes the waiting spikes
  const u32 replica_;
  const u32 first_;     // the lane's first neuron in the core
  const bool active_;   // it has neurons, be they padding
  u32 real_;            // bit i: neuron i is none of the padding
  bool rests_ = false;  // it stays as it is without input
  i32 value_[Model::state_words][per_lane] = {};
  LaneCounts counts_;
};

}  // namespace spikefab::sim::cuda
