#include "sim/cpu/chip_state.h"

#include "base/memory.h"

namespace spikefab::sim::cpu {
namespace {

u64 state_words_of(const Program& program) {
  return program.neurons() == 0 ? 0 : program.neuron_state.size() / program.neurons();
}

const Layout& with_memory_for_state(const Program& program, const Layout& layout, u32 replicas) {
  const u64 words = program.chip.slots * layout.slot_words() / replicas + program.output_words() +
                    layout.neuron_words() * (1 + state_words_of(program) * word_bits / 2);
  check_available_memory(checked_product({replicas, words, sizeof(u64)}),
                         "engine cpu: the state of " + std::to_string(replicas) + " replicas");
  return layout;
}

}  // namespace

ChipState::ChipState(const Program& program, const Layout& layout, u32 replicas)
    : program_(program),
      layout_(with_memory_for_state(program, layout, replicas)),
      replicas_(replicas),
      state_words_(state_words_of(program)),
      words_(program.chip.slots * layout.slot_words() + u64{replicas} * program.output_words()),
      neuron_state_(layout.neuron_words() * word_bits * state_words_ * replicas),
      fired_(layout.neuron_words() * replicas),
      at_rest_(u64{program.cores()} * replicas) {}

u64 ChipState::state_begin(u32 core, u32 replica) const {
  const CoreView& view = layout_.cores()[core];
  const u64 words = view.first_neuron_word * replicas_ + u64{replica} * view.neuron_words;
  return words * word_bits * state_words_;
}

u64 ChipState::waiting_begin(u32 slot, u32 core, u32 replica) const {
  const u64 words = layout_.order().words();
  return slot * layout_.slot_words() + (u64{core} * replicas_ + replica) * words;
}

i32 ChipState::potential(u32 core, u32 replica, u32 neuron) const {
  return neuron_state_[state_begin(core, replica) + neuron];
}

const u64* ChipState::fired(u32 core, u32 replica) const {
  const CoreView& view = layout_.cores()[core];
  return fired_.data() + view.first_neuron_word * replicas_ + u64{replica} * view.neuron_words;
}

void ChipState::restore(const State& state) {
  std::fill(at_rest_.begin(), at_rest_.end(), u8{0});
  const u32 axon_words = program_.chip.axon_words();
  const i32* value = state.neuron_state.data();
  const u64* waiting = state.waiting.data();
  for (u32 r = 0; r < replicas_; ++r) {
    for (u64 k = 0; k < state_words_; ++k) {
      for (u32 c = 0; c < program_.cores(); ++c) {
        const u64 padded = u64{program_.neuron_words(c)} * word_bits;
        std::copy_n(value, program_.core_neurons(c),
                    &neuron_state_[state_begin(c, r) + k * padded]);
        value += program_.core_neurons(c);
      }
    }
    for (u32 slot = 0; slot < program_.chip.slots; ++slot) {
      for (u32 c = 0; c < program_.cores(); ++c, waiting += axon_words) {
        layout_.order().sort(CoreId{c}, waiting, words() + waiting_begin(slot, c, r));
      }
    }
  }
  std::copy(state.output.begin(), state.output.end(),
            words() + program_.chip.slots * layout_.slot_words());
}

void ChipState::save(State& state) const {
  const u32 axon_words = program_.chip.axon_words();
  state.replicas = replicas_;
  state.neuron_state.resize(replicas_ * program_.neuron_state.size());
  state.waiting.resize(u64{replicas_} * program_.chip.slots * program_.cores() * axon_words);
  i32* value = state.neuron_state.data();
  u64* waiting = state.waiting.data();
  for (u32 r = 0; r < replicas_; ++r) {
    for (u64 k = 0; k < state_words_; ++k) {
      for (u32 c = 0; c < program_.cores(); ++c) {
        const u64 padded = u64{program_.neuron_words(c)} * word_bits;
        value = std::copy_n(neuron_state_.data() + state_begin(c, r) + k * padded,
                            program_.core_neurons(c), value);
      }
    }
    for (u32 slot = 0; slot < program_.chip.slots; ++slot) {
      for (u32 c = 0; c < program_.cores(); ++c, waiting += axon_words) {
        layout_.order().unsort(CoreId{c}, words_.data() + waiting_begin(slot, c, r), waiting);
      }
    }
  }
  const u64* output = words_.data() + program_.chip.slots * layout_.slot_words();
  state.output.assign(output, words_.data() + words_.size());
}

void ChipState::describe(ChipView& chip) {
  chip.output_words = program_.output_words();
  chip.words = words_.data();
  chip.neuron_state = neuron_state_.data();
  chip.fired = fired_.data();
  chip.at_rest = at_rest_.data();
}

}  // namespace spikefab::sim::cpu
