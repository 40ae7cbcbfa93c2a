// The state of cores with synaptic memory between two ticks, each core's in its replicas together:
// what State holds, in aligned arrays with neurons padded to words.
#pragma once

#include "sim/cpu/synaptic_layout.h"
#include "sim/state.h"

namespace spikefab::sim::cpu {

class SynapticState {
 public:
  // What it refers to must outlive it. Throws ResourceError if it does not fit into memory.
  SynapticState(const SynapticLayout& layout, const Program& outline, u32 replicas);

  i32* neuron_state(u32 core, u32 replica);  // [state word][padded neuron]
  i32* accumulators(u32 core, u32 replica);  // [slot][padded neuron][input]
  u64* output(u32 replica) { return output_.data() + replica * output_words_; }
  u64 output_words() const { return output_words_; }

  void restore(const State& state);
  void save(State& state) const;  // all but tick and counts

 private:
  u64 begin_of(u32 core, u32 replica) const;
  // Calls visit(values in `state`, how many, values here) for each run of them; State or const.
  template <class AnyState, class Self, class Visit>
  static void for_each_run(AnyState& state, Self& self, Visit&& visit);

  const SynapticLayout& layout_;
  const Program& outline_;
  u32 replicas_;
  u32 state_words_;
  u64 output_words_;
  AlignedArray<i32> neuron_state_;  // [core][replica] each as above
  AlignedArray<i32> accumulators_;  // likewise
  std::vector<u64> output_;         // [replica][word]
};

}  // namespace spikefab::sim::cpu
