// Steps the neurons of a core with synaptic memory, a word of 64 at a time. Part of
// sim/cpu/core_tick.h.
#pragma once

#include "sim/cpu/synaptic_modes.h"
#include "sim/cpu/synaptic_views.h"

namespace spikefab::sim::cpu {

// Parameter K of a neuron of the word: known from the modes, or from memory.
template <class Isa, class Model, u32 Modes, u32 K>
i32 param_of(const i32* const* param, u32 n) {
  if constexpr (values_of_mode<Model>(K) > 0 && Modes < any_modes<Model>()) {
    constexpr i32 value = value_in_modes<Model>(Modes, K);
    return value;
  } else {
    return param[K][n];
  }
}

template <u32... K>
struct Indices {};

// Updates a word; `next` is all that its loop writes, so that compilers see that it can be vector
// code.
template <class Isa, class Model, u32 Modes, u32... K>
void step_word(const i32* const* param, const i32* state, u64 stride, const i32* due,
               const NeuronRandom& first, i32 (*__restrict next)[word_bits],
               i32* __restrict payload, Indices<K...>) {
  for (u32 n = 0; n < word_bits; ++n) {
    const i32 p[] = {param_of<Isa, Model, Modes, K>(param, n)...};
    i32 s[Model::state_words];
    i32 input[Model::inputs];
    for (u32 k = 0; k < Model::state_words; ++k) s[k] = state[k * stride + n];
    for (u32 k = 0; k < Model::inputs; ++k) input[k] = due[n * Model::inputs + k];
    const NeuronRandom random = {first.seed, first.replica, first.position, first.neuron + n,
                                 first.tick};
    payload[n] = Model::step(p, s, input, random);
    for (u32 k = 0; k < Model::state_words; ++k) next[k][n] = s[k];
  }
}

template <class Isa, class Model, u32 Modes, u32... K>
UpdateOutcome update_compartments(const CompartmentUpdate& u, Indices<K...> indices) {
  constexpr u32 inputs = Model::inputs;
  const u32 words = words_for(u.neurons);
  const u64 stride = u64{words} * word_bits;
  const u64 last = ~u64{0} >> (stride - u.neurons);
  FiredNeuron* fired = u.fired;
  u64 moved = 0;
  for (u32 b = 0; b < words; ++b) {
    alignas(64) i32 next[Model::state_words][word_bits];
    alignas(64) i32 payload[word_bits];
    alignas(64) typename Isa::Flag fires[word_bits];
    alignas(64) typename Isa::Flag moves[word_bits] = {};
    const i32* const param[] = {u.param[K].value + u64{u.param[K].step} * b...};
    i32* state = u.state + u64{b} * word_bits;
    i32* due = u.due + u64{b} * word_bits * inputs;
    NeuronRandom first = u.random;
    first.neuron = b * word_bits;
    step_word<Isa, Model, Modes>(param, state, stride, due, first, next, payload, indices);
    __builtin_memset(due, 0, word_bits * inputs * sizeof(i32));
    for (u32 k = 0; k < Model::state_words; ++k) {
      i32* of_word = state + k * stride;
      for (u32 n = 0; n < word_bits; ++n) {
        moves[n] |= of_word[n] != next[k][n];
        of_word[n] = next[k][n];
      }
    }
    for (u32 n = 0; n < word_bits; ++n) fires[n] = payload[n] != 0;
    const u64 exist = b + 1 == words ? last : ~u64{0};
    moved |= Isa::mask(moves) & exist;
    for (u64 bits = Isa::mask(fires) & exist; bits != 0; bits &= bits - 1) {
      const u32 n = Isa::first_bit(bits);
      *fired++ = {b * word_bits + n, payload[n]};
    }
  }
  return {static_cast<u32>(fired - u.fired), moved != 0};
}

template <class Isa, class Model, u32 Modes>
UpdateOutcome update_in_modes(const CompartmentUpdate& u) {
  return []<u32... K>(const CompartmentUpdate& update, std::integer_sequence<u32, K...>) {
    return update_compartments<Isa, Model, Modes>(update, Indices<K...>{});
  }
  (u, std::make_integer_sequence<u32, Model::params.size()>{});
}

// The function for one neuron model and its modes.
template <class Isa>
UpdateCompartments update_of(u32 model, u32 modes) {
  UpdateCompartments update = nullptr;
  CompartmentModels::at(model, [&](auto type) {
    using Model = decltype(type);
    [&]<u32... M>(std::integer_sequence<u32, M...>) {
      ((M == modes ? void(update = &update_in_modes<Isa, Model, M>) : void()), ...);
    }
    (std::make_integer_sequence<u32, any_modes<Model>() + 1>{});
  });
  return update;
}

}  // namespace spikefab::sim::cpu
