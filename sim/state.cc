#include "sim/state.h"

#include "base/memory.h"
#include "base/mix.h"

namespace spikefab::sim {
namespace {

u64 waiting_words_per_replica(const Program& program) {
  return checked_product({program.chip.slots, program.cores(), program.chip.axon_words()});
}

u64 digest_of_neurons(const Program& p, const i32* state) {
  u64 sum = 0;
  for (u64 word = 0; word < p.state_words(); ++word) {
    for (u32 c = 0; c < p.cores(); ++c) {
      const u64 index = (word * p.chip.mesh.size() + p.position[c]) * p.chip.neurons;
      for (u64 n = p.neuron_begin[c]; n < p.neuron_begin[c + 1]; ++n) {
        const auto value = static_cast<u32>(state[word * p.neurons() + n]);
        sum += digest_term(DigestKind::neuron_state, index + n - p.neuron_begin[c], value);
      }
    }
  }
  return sum;
}

u64 digest_of_waiting(const Program& p, const u64* waiting) {
  u64 sum = 0;
  const u32 words = p.chip.axon_words();
  for (u32 slot = 0; slot < p.chip.slots; ++slot) {
    for (u32 c = 0; c < p.cores(); ++c) {
      const u64 index = (u64{slot} * p.chip.mesh.size() + p.position[c]) * words;
      for (u32 w = 0; w < words; ++w) {
        const u64 value = waiting[(u64{slot} * p.cores() + c) * words + w];
        sum += digest_term(DigestKind::waiting_spikes, index + w, value);
      }
    }
  }
  return sum;
}

}  // namespace

u64 state_bytes(const Program& program, u32 replicas) {
  const u64 words = program.neuron_state.size() / 2 + waiting_words_per_replica(program) +
                    program.output_words() + count_kinds + 1;
  return checked_product({replicas, words, sizeof(u64)});
}

State initial_state(const Program& program, u32 replicas) {
  check_available_memory(state_bytes(program, replicas),
                         "the state of " + std::to_string(replicas) + " replicas");
  State state;
  state.replicas = replicas;
  for (u32 r = 0; r < replicas; ++r) {
    state.neuron_state.insert(state.neuron_state.end(), program.neuron_state.begin(),
                              program.neuron_state.end());
  }
  state.waiting.assign(replicas * waiting_words_per_replica(program), 0);
  state.output.assign(u64{replicas} * program.output_words(), 0);
  state.counts.assign(u64{replicas} * count_kinds, 0);
  return state;
}

u64 digest(const Program& program, const State& state, u32 replica) {
  u64 sum =
      digest_of_neurons(program, state.neuron_state.data() + replica * program.neuron_state.size());
  sum += digest_of_waiting(program,
                           state.waiting.data() + replica * waiting_words_per_replica(program));
  for (u32 w = 0; w < program.output_words(); ++w) {
    const u64 value = state.output[u64{replica} * program.output_words() + w];
    sum += digest_term(DigestKind::output, w, value);
  }
  return sum;
}

}  // namespace spikefab::sim
