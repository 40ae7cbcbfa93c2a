#include "sim/cpu/synaptic_state.h"

#include <algorithm>

#include "base/memory.h"

namespace spikefab::sim::cpu {
namespace {

const SynapticLayout& with_memory_for_state(const SynapticLayout& layout, u32 state_words,
                                            u32 replicas) {
  const SynapticView& view = layout.view();
  const u64 words = state_words + u64{view.slots} * view.inputs;
  check_available_memory(
      checked_product({replicas, layout.padded_neurons() + 1, words, sizeof(i32)}),
      "engine cpu: the state of " + std::to_string(replicas) + " replicas");
  return layout;
}

}  // namespace

SynapticState::SynapticState(const SynapticLayout& layout, const Program& outline, u32 replicas)
    : layout_(with_memory_for_state(layout, outline.state_words(), replicas)),
      outline_(outline),
      replicas_(replicas),
      state_words_(outline.state_words()),
      output_words_(outline.output_words()),
      neuron_state_(layout.padded_neurons() * replicas * state_words_),
      accumulators_(layout.padded_neurons() * replicas * layout.view().slots *
                    layout.view().inputs),
      output_(replicas * output_words_) {}

// In padded neurons.
u64 SynapticState::begin_of(u32 core, u32 replica) const {
  const SynapticCore& c = layout_.cores()[core];
  return c.first_padded * replicas_ + u64{replica} * c.padded;
}

i32* SynapticState::neuron_state(u32 core, u32 replica) {
  return neuron_state_.data() + begin_of(core, replica) * state_words_;
}

i32* SynapticState::accumulators(u32 core, u32 replica) {
  const SynapticView& view = layout_.view();
  return accumulators_.data() + begin_of(core, replica) * view.slots * view.inputs;
}

template <class AnyState, class Self, class Visit>
void SynapticState::for_each_run(AnyState& state, Self& self, Visit&& visit) {
  const SynapticView& view = self.layout_.view();
  auto* value = state.neuron_state.data();
  auto* sum = state.accumulators.data();
  for (u32 r = 0; r < self.replicas_; ++r) {
    for (u64 k = 0; k < self.state_words_; ++k) {
      for (u32 c = 0; c < view.cores; ++c) {
        const SynapticCore& core = self.layout_.cores()[c];
        const u64 begin = self.begin_of(c, r) * self.state_words_ + k * core.padded;
        visit(value, core.neurons, self.neuron_state_.data() + begin);
        value += core.neurons;
      }
    }
    for (u64 slot = 0; slot < view.slots; ++slot) {
      for (u32 c = 0; c < view.cores; ++c) {
        const SynapticCore& core = self.layout_.cores()[c];
        const u64 begin = (self.begin_of(c, r) * view.slots + slot * core.padded) * view.inputs;
        visit(sum, u64{core.neurons} * view.inputs, self.accumulators_.data() + begin);
        sum += u64{core.neurons} * view.inputs;
      }
    }
  }
}

void SynapticState::restore(const State& state) {
  for_each_run(state, *this,
               [](const i32* from, u64 size, i32* to) { std::copy_n(from, size, to); });
  output_ = state.output;
}

void SynapticState::save(State& state) const {
  const StateSizes sizes = state_sizes(outline_);
  state.replicas = replicas_;
  state.neuron_state.resize(replicas_ * sizes.neuron_state);
  state.accumulators.resize(replicas_ * sizes.accumulators);
  for_each_run(state, *this,
               [](i32* to, u64 size, const i32* from) { std::copy_n(from, size, to); });
  state.output = output_;
}

}  // namespace spikefab::sim::cpu
