#include "sim/cpu/chip_state.h"

#include "base/memory.h"

namespace spikefab::sim::cpu {
namespace {

u64 words_of_group(const Program& program, const Layout& layout) {
  return program.chip.slots * layout.slot_words() + u64{layout.replicas()} * program.output_words();
}

const Layout& with_memory_for_state(const Program& program, const Layout& layout, u32 replicas) {
  const u64 words = words_of_group(program, layout) / layout.replicas() +
                    layout.neuron_words() * (1 + u64{program.state_words()} * word_bits / 2);
  check_available_memory(checked_product({replicas, words, sizeof(u64)}),
                         "engine cpu: the state of " + std::to_string(replicas) + " replicas");
  return layout;
}

}  // namespace

ChipState::ChipState(const Program& program, const Layout& layout, u32 replicas)
    : program_(program),
      layout_(with_memory_for_state(program, layout, replicas)),
      replicas_(replicas),
      state_words_(program.state_words()),
      in_group_(layout.replicas()),
      group_words_(words_of_group(program, layout)),
      groups_(static_cast<u32>(divide_up(replicas, in_group_))),
      words_(groups_ * group_words_),
      neuron_state_(groups_ * layout.neuron_words() * word_bits * state_words_ * in_group_),
      fired_(groups_ * layout.neuron_words() * in_group_),
      at_rest_(u64{groups_} * program.cores() * in_group_) {}

u64 ChipState::fired_begin(u32 core, u32 replica) const {
  const CoreView& view = layout_.cores()[core];
  const u64 before = replica / in_group_ * layout_.neuron_words() + view.first_neuron_word;
  return before * in_group_ + u64{replica % in_group_} * view.neuron_words;
}

u64 ChipState::state_begin(u32 core, u32 replica) const {
  return fired_begin(core, replica) * word_bits * state_words_;
}

u64 ChipState::waiting_begin(u32 slot, u32 core, u32 replica) const {
  const u64 in_slot = (u64{core} * in_group_ + replica % in_group_) * layout_.order().words();
  return replica / in_group_ * group_words_ + slot * layout_.slot_words() + in_slot;
}

u64 ChipState::output_begin(u32 replica) const {
  return replica / in_group_ * group_words_ + program_.chip.slots * layout_.slot_words() +
         u64{replica % in_group_} * program_.output_words();
}

i32 ChipState::potential(u32 core, u32 replica, u32 neuron) const {
  return neuron_state_[state_begin(core, replica) + neuron];
}

const u64* ChipState::fired(u32 core, u32 replica) const {
  return fired_.data() + fired_begin(core, replica);
}

void ChipState::restore(const State& state) {
  std::fill(at_rest_.begin(), at_rest_.end(), u8{0});
  const u32 axon_words = program_.chip.axon_words();
  const i32* value = state.neuron_state.data();
  const u64* waiting = state.waiting.data();
  const u64* output = state.output.data();
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
        layout_.order().sort(CoreId{c}, waiting, words_.data() + waiting_begin(slot, c, r));
      }
    }
    std::copy_n(output, program_.output_words(), words_.data() + output_begin(r));
    output += program_.output_words();
  }
}

void ChipState::save(State& state) const {
  const u32 axon_words = program_.chip.axon_words();
  state.replicas = replicas_;
  state.neuron_state.resize(replicas_ * program_.neuron_state.size());
  state.waiting.resize(u64{replicas_} * program_.chip.slots * program_.cores() * axon_words);
  state.output.resize(u64{replicas_} * program_.output_words());
  i32* value = state.neuron_state.data();
  u64* waiting = state.waiting.data();
  u64* output = state.output.data();
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
    output = std::copy_n(words_.data() + output_begin(r), program_.output_words(), output);
  }
}

void ChipState::describe(ChipView& chip, u32 group) {
  const u64 neuron_words = group * layout_.neuron_words() * in_group_;
  chip.output_words = program_.output_words();
  chip.words = words_.data() + group * group_words_;
  chip.neuron_state = neuron_state_.data() + neuron_words * word_bits * state_words_;
  chip.fired = fired_.data() + neuron_words;
  chip.at_rest = at_rest_.data() + u64{group} * program_.cores() * in_group_;
}

}  // namespace spikefab::sim::cpu
