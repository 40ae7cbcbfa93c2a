#include "cli/naive_engine.h"

#include <algorithm>

#include "neuron_models.h"

namespace spikefab::cli {
namespace {

// Bits of `words` as bytes, and back; rows of `bits` bits begin at a new word.
std::vector<u8> to_bytes(const std::vector<u64>& words, u64 rows, u32 bits) {
  std::vector<u8> bytes(rows * bits);
  for (u64 i = 0; i < bytes.size(); ++i) {
    const u64 bit = i % bits;
    bytes[i] = words[i / bits * words_for(bits) + bit / word_bits] >> (bit % word_bits) & 1;
  }
  return bytes;
}

std::vector<u64> to_words(const std::vector<u8>& bytes, u64 rows, u32 bits) {
  std::vector<u64> words(rows * words_for(bits));
  for (u64 i = 0; i < bytes.size(); ++i) {
    const u64 bit = i % bits;
    words[i / bits * words_for(bits) + bit / word_bits] |= u64{bytes[i]} << (bit % word_bits);
  }
  return words;
}

u64 waiting_rows(const Program& program) { return u64{program.chip.slots} * program.cores(); }

}  // namespace

void NaiveEngine::load(const Program& program, const Stimulus& stimulus) {
  SPIKEFAB_ASSERT(stimulus.replicas == 1);
  program_ = program;
  stimulus_ = stimulus;
  core_at_position_ = program.core_at_position();
  connected_.assign(program.neurons() * program.chip.axons, 0);
  weight_.assign(program.neurons() * program.chip.weights, 0);
  neuron_.resize(program.neurons());
  const std::vector<u64> crossbar_begin = program.crossbar_begin();
  const u64 total = program.neurons();
  for (u32 c = 0; c < program.cores(); ++c) {
    for (u64 n = program.neuron_begin[c]; n < program.neuron_begin[c + 1]; ++n) {
      const u64 i = n - program.neuron_begin[c];
      for (u32 a = 0; a < program.chip.axons; ++a) {
        const u64 word = crossbar_begin[c] + u64{a} * program.neuron_words(c) + i / word_bits;
        connected_[n * program.chip.axons + a] = program.crossbar[word] >> (i % word_bits) & 1;
      }
      for (u32 w = 0; w < program.chip.weights; ++w) {
        weight_[n * program.chip.weights + w] = program.weight[w * total + n];
      }
      const auto param = [&](u32 k) { return program.neuron_param[k * total + n]; };
      using neurons::Ranc;
      neuron_[n] = {param(Ranc::leak),
                    param(Ranc::positive_threshold),
                    param(Ranc::negative_threshold),
                    param(Ranc::reset_potential),
                    param(Ranc::reset_mode),
                    param(Ranc::reset_type),
                    program.target_core[n],
                    program.target_axon[n],
                    program.target_delay[n]};
    }
  }
  restore(sim::initial_state(program, 1));
}

void NaiveEngine::advance(u64 ticks, const sim::RecordPlan& plan, sim::Recording& recording) {
  for (const u64 end = tick_ + ticks; tick_ < end; ++tick_) {
    const auto [first, last] = stimulus_.range(0, tick_);
    for (u64 i = first; i < last; ++i) {
      const StimulusEvent& event = stimulus_.events[i];
      deliver(tick_, core_at_position_[event.position], event.axon, event.delay);
    }
    show_outputs(plan.outputs, recording);
    for (u32 core = 0; core < program_.cores(); ++core) run_core(core);
  }
}

void NaiveEngine::show_outputs(bool record, sim::Recording& recording) {
  if (record) {
    const std::vector<u64> words = to_words(output_, 1, program_.output_lines);
    recording.outputs.insert(recording.outputs.end(), words.begin(), words.end());
  }
  std::fill(output_.begin(), output_.end(), u8{0});
}

void NaiveEngine::run_core(u32 core) {
  const u32 axons = program_.chip.axons;
  u8* spike = &waiting_[(tick_ % program_.chip.slots * program_.cores() + core) * axons];
  const u8* type = &program_.axon_type[u64{core} * axons];
  for (u64 n = program_.neuron_begin[core]; n < program_.neuron_begin[core + 1]; ++n) {
    const Neuron& neuron = neuron_[n];
    i32 v = potential_[n];
    for (u32 a = 0; a < axons; ++a) {
      if (connected_[n * axons + a] && spike[a]) {
        v = wrap_add(v, weight_[n * program_.chip.weights + type[a]]);
      }
    }
    v = wrap_add(v, neuron.leak);
    const bool under =
        neuron.reset_type == 0 ? v < neuron.negative_threshold : v <= neuron.negative_threshold;
    if (v >= neuron.positive_threshold) {
      ++spikes_;
      deliver(tick_ + 1, neuron.target_core, neuron.target_axon, neuron.target_delay);
      v = neuron.reset_mode == 0 ? neuron.reset_potential : wrap_sub(v, neuron.positive_threshold);
    } else if (under) {
      v = neuron.reset_mode == 0 ? wrap_sub(0, neuron.reset_potential)
                                 : wrap_sub(v, neuron.negative_threshold);
    }
    potential_[n] = v;
  }
  std::fill_n(spike, axons, u8{0});
}

void NaiveEngine::deliver(u64 tick, u32 core, u32 axon, u32 delay) {
  if (core == output_bus) {
    output_[axon] = 1;
    return;
  }
  if (delay == program_.chip.slots - 1) return;
  const u64 slot = (tick + delay) % program_.chip.slots;
  waiting_[(slot * program_.cores() + core) * program_.chip.axons + axon] = 1;
}

sim::State NaiveEngine::state() const {
  sim::State state;
  state.tick = tick_;
  state.neuron_state = potential_;
  state.waiting = to_words(waiting_, waiting_rows(program_), program_.chip.axons);
  state.output = to_words(output_, 1, program_.output_lines);
  state.counts.assign(sim::count_kinds, 0);
  state.counts[sim::spikes] = spikes_;
  return state;
}

void NaiveEngine::restore(const sim::State& state) {
  tick_ = state.tick;
  potential_ = state.neuron_state;
  waiting_ = to_bytes(state.waiting, waiting_rows(program_), program_.chip.axons);
  output_ = to_bytes(state.output, 1, program_.output_lines);
  spikes_ = state.counts[sim::spikes];
}

}  // namespace spikefab::cli
