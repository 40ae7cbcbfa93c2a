#include "sim/state.h"

#include "base/memory.h"
#include "base/mix.h"

namespace spikefab::sim {
namespace {

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

u64 digest_of_accumulators(const Program& p, const i32* accumulators) {
  u64 sum = 0;
  const u32 inputs = model_outline(p.chip).inputs;
  for (u32 slot = 0; slot < p.slots; ++slot) {
    for (u32 c = 0; c < p.cores(); ++c) {
      const u64 index = (u64{slot} * p.chip.mesh.size() + p.position[c]) * max_accumulators;
      const i32* of_core = accumulators + (slot * p.neurons() + p.neuron_begin[c]) * inputs;
      for (u32 i = 0; i < p.core_neurons(c) * inputs; ++i) {
        sum += digest_term(DigestKind::accumulator, index + i, static_cast<u32>(of_core[i]));
      }
    }
  }
  return sum;
}

}  // namespace

StateSizes state_sizes(const Program& program) {
  StateSizes sizes = {
      .neuron_state = program.neuron_state.size(), .waiting = 0, .accumulators = 0, .output = 0};
  sizes.output = program.output_words();
  if (program.chip.has_crossbars()) {
    sizes.waiting =
        checked_product({program.chip.slots, program.cores(), program.chip.axon_words()});
  } else {
    sizes.accumulators =
        checked_product({program.slots, program.neurons(), model_outline(program.chip).inputs});
  }
  return sizes;
}

u64 state_bytes(const Program& program, u32 replicas) {
  const StateSizes sizes = state_sizes(program);
  const u64 words = (sizes.neuron_state + sizes.accumulators) / 2 + sizes.waiting + sizes.output +
                    count_kinds + 1;
  return checked_product({replicas, words, sizeof(u64)});
}

State initial_state(const Program& program, u32 replicas) {
  check_available_memory(state_bytes(program, replicas),
                         "the state of " + std::to_string(replicas) + " replicas");
  const StateSizes sizes = state_sizes(program);
  State state;
  state.replicas = replicas;
  for (u32 r = 0; r < replicas; ++r) {
    state.neuron_state.insert(state.neuron_state.end(), program.neuron_state.begin(),
                              program.neuron_state.end());
  }
  state.waiting.assign(replicas * sizes.waiting, 0);
  state.accumulators.assign(replicas * sizes.accumulators, 0);
  state.output.assign(replicas * sizes.output, 0);
  state.counts.assign(u64{replicas} * count_kinds, 0);
  return state;
}

u64 digest(const Program& program, const State& state, u32 replica) {
  const StateSizes sizes = state_sizes(program);
  u64 sum = digest_of_neurons(program, state.neuron_state.data() + replica * sizes.neuron_state);
  if (program.chip.has_crossbars()) {
    sum += digest_of_waiting(program, state.waiting.data() + replica * sizes.waiting);
  } else {
    sum +=
        digest_of_accumulators(program, state.accumulators.data() + replica * sizes.accumulators);
  }
  for (u32 w = 0; w < sizes.output; ++w) {
    sum += digest_term(DigestKind::output, w, state.output[replica * sizes.output + w]);
  }
  return sum;
}

}  // namespace spikefab::sim
