#include "sim/cpu/synaptic_layout.h"

#include <algorithm>

#include "base/memory.h"
#include "sim/cpu/block_pool.h"
#include "sim/cpu/row_index.h"
#include "sim/cpu/synaptic_modes.h"

namespace spikefab::sim::cpu {
namespace {

// What the view is of, but for parameters.
Program without_neurons(const Program& program) {
  Program out = without_contents(program);
  out.memory = program.memory;
  return out;
}

const Program& with_memory_for(const Program& program) {
  const u64 bytes = (program.neuron_param.size() + program.neuron_state.size()) * sizeof(i32) +
                    program.neurons() * sizeof(u32);
  check_available_memory(bytes, "engine cpu: the program");
  return program;
}

bool all_equal(const i32* begin, const i32* end) {
  return std::all_of(begin, end, [first = *begin](i32 value) { return value == first; });
}

template <class Model>
bool draws_random(const ParamRun* param) {
  for (u32 k = 0; k < Model::params.size(); ++k) {
    const bool zero = param[k].step == 0 && *param[k].value == 0;
    if (decides_on_random(Model::params[k]) && !zero) return true;
  }
  return false;
}

}  // namespace

SynapticLayout::SynapticLayout(const Program& program, const Kernels& kernels)
    : host_(without_neurons(with_memory_for(program))), view_(host_.synaptic_view()) {
  for (u32 c = 0; c < program.cores(); ++c) {
    SynapticCore& core = cores_.emplace_back();
    core.neurons = program.core_neurons(c);
    core.padded = program.neuron_words(c) * word_bits;
    core.position = program.position[c];
    core.first_neuron = program.neuron_begin[c];
    core.first_padded = padded_neurons_;
    core.row_begin = view_.row_begin + view_.axon_begin[c];
    padded_neurons_ += core.padded;
    most_neurons_ = std::max(most_neurons_, core.neurons);
  }
  add_params(program);
  add_short_rows();
  CompartmentModels::at(view_.neuron_model,
                        [&](auto model) { choose_updates<decltype(model)>(kernels); });
}

void SynapticLayout::add_params(const Program& program) {
  struct Place {
    u32 block;
    u32 step;
  };
  const auto params = static_cast<u32>(model_outline(program.chip).params.size());
  BlockPool<i32> pool;
  std::vector<Place> places;
  std::vector<i32> run;
  for (const SynapticCore& core : cores_) {
    for (u32 k = 0; k < params; ++k) {
      const i32* values = program.neuron_param.data() + k * view_.neurons + core.first_neuron;
      const bool equal = core.neurons == 0 || all_equal(values, values + core.neurons);
      run.assign(values, values + (equal ? std::min(core.neurons, 1u) : core.neurons));
      run.resize(equal ? word_bits : core.padded, run.empty() ? 0 : run.back());
      places.push_back({pool.add(run), equal ? 0 : word_bits});
    }
  }
  params_ = pool.values();
  for (const Place& place : places) {
    param_.push_back({params_.data() + u64{place.block} * word_bits, place.step});
  }
  for (u64 c = 0; c < cores_.size(); ++c) cores_[c].param = &param_[c * params];
}

void SynapticLayout::add_short_rows() {
  const auto axons_of = [&](u64 c) { return view_.axon_begin[c + 1] - view_.axon_begin[c]; };
  const auto words_of = [&](u64 c) -> u64 {
    const u32* begin = cores_[c].row_begin;
    for (u64 axon = 0; axon < axons_of(c); ++axon) {
      if (begin[axon + 1] - begin[axon] > longest_short_row) return 0;
    }
    return divide_up(axons_of(c), axons_per_word);
  };
  std::vector<u64> first = {0};  // word of each core
  for (u64 c = 0; c < cores_.size(); ++c) first.push_back(first.back() + words_of(c));
  short_rows_ = AlignedArray<u64>(first.back());
  for (u64 c = 0; c < cores_.size(); ++c) {
    const bool are_short = first[c + 1] > first[c];
    cores_[c].short_rows = are_short ? short_rows_.data() + first[c] : nullptr;
    if (are_short) write_short_rows(cores_[c].row_begin, axons_of(c), &short_rows_[first[c]]);
  }
}

template <class Model>
void SynapticLayout::choose_updates(const Kernels& kernels) {
  for (SynapticCore& core : cores_) {
    const auto value = [&](u32 k) {
      return std::pair(*core.param[k].value, core.param[k].step == 0);
    };
    core.update = kernels.synaptic.update(view_.neuron_model, modes_of<Model>(value));
    core.draws = draws_random<Model>(core.param);
  }
}

}  // namespace spikefab::sim::cpu
