// What changes while the cpu engine runs, and its conversion from and to a State. Replicas that run
// together are a group, those of a core side by side.
#pragma once

#include "sim/cpu/aligned_array.h"
#include "sim/cpu/layout.h"
#include "sim/state.h"

namespace spikefab::sim::cpu {

class ChipState {
 public:
  // Throws ResourceError if it does not fit into memory. `program` must have its state arrays; both
  // must outlive this.
  ChipState(const Program& program, const Layout& layout, u32 replicas);

  // But for tick and counts.
  void restore(const State& state);
  void save(State& state) const;

  i32 potential(u32 core, u32 replica, u32 neuron) const;
  // The neurons that fired in the last tick.
  const u64* fired(u32 core, u32 replica) const;

  void describe(ChipView& chip, u32 group);  // fills in what is known here

 private:
  u64 fired_begin(u32 core, u32 replica) const;
  u64 state_begin(u32 core, u32 replica) const;
  u64 waiting_begin(u32 slot, u32 core, u32 replica) const;
  u64 output_begin(u32 replica) const;

  const Program& program_;
  const Layout& layout_;
  u32 replicas_;
  u64 state_words_;
  u32 in_group_;     // replicas, if it is full
  u64 group_words_;  // of words_
  u32 groups_;
  AlignedArray<u64> words_;  // [group] each as in ChipView, like what follows
  AlignedArray<i32> neuron_state_;
  AlignedArray<u64> fired_;
  AlignedArray<u8> at_rest_;
};

}  // namespace spikefab::sim::cpu
