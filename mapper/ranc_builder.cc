#include "mapper/ranc_builder.h"

#include <algorithm>

#include "base/memory.h"
#include "neuron_models.h"

namespace spikefab {
namespace {

using neurons::Ranc;

// Adds cores without neurons at positions that have none yet.
void add_receivers(const RancBus& bus, const std::vector<u32>& positions,
                   std::vector<RancCore>& cores) {
  std::vector<u32> taken;
  for (const RancCore& core : cores) taken.push_back(core.position);
  std::sort(taken.begin(), taken.end());
  for (const u32 position : positions) {
    if (bus.lines > 0 && position == bus.position) continue;
    if (std::binary_search(taken.begin(), taken.end(), position)) continue;
    RancCore core;
    core.position = position;
    cores.push_back(std::move(core));
  }
}

// What RANC does with neurons that the file does not list: they never fire and never change.
void fill_with_default_neurons(const Chip& chip, RancCore& core) {
  const u32 words = words_for(chip.neurons);
  std::vector<u64> crossbar(u64{chip.axons} * words);
  const u32 listed_words = words_for(core.neurons.size());
  for (u32 axon = 0; axon < chip.axons && listed_words > 0; ++axon) {
    std::copy_n(core.crossbar.begin() + std::ptrdiff_t{axon} * listed_words, listed_words,
                crossbar.begin() + std::ptrdiff_t{axon} * words);
  }
  core.crossbar = std::move(crossbar);
  core.neurons.resize(chip.neurons);
  core.weights.resize(u64{chip.neurons} * chip.weights);
}

std::vector<u32> all_positions(const Mesh& mesh) {
  std::vector<u32> positions(mesh.size());
  for (u32 i = 0; i < mesh.size(); ++i) positions[i] = i;
  return positions;
}

// Of the arrays of the Program.
u64 program_bytes(const Chip& chip, const std::vector<RancCore>& cores) {
  const u64 per_neuron =
      (chip.weights + Ranc::params.size() + Ranc::state_words) * sizeof(i32) + sizeof(u64);
  u64 bytes = checked_product({cores.size(), chip.axons});
  for (const RancCore& core : cores) {
    bytes += core.neurons.size() * per_neuron + core.crossbar.size() * sizeof(u64);
  }
  return bytes;
}

void place_cores(const std::vector<RancCore>& cores, Program& program) {
  program.neuron_begin = {0};
  for (const RancCore& core : cores) {
    program.position.push_back(core.position);
    program.neuron_begin.push_back(program.neuron_begin.back() + core.neurons.size());
  }
  const u64 n = program.neurons();
  program.axon_type.assign(cores.size() * program.chip.axons, 0);
  program.crossbar.reserve(program.crossbar_begin().back());
  program.weight.assign(program.chip.weights * n, 0);
  program.neuron_param.assign(Ranc::params.size() * n, 0);
  program.neuron_state.assign(Ranc::state_words * n, 0);
  program.target_core.assign(n, output_bus);
  program.target_axon.assign(n, 0);
  program.target_delay.assign(n, 0);
}

void write_neuron(const RancNeuron& neuron, u32 position, const std::vector<u32>& core_at, u64 n,
                  Program& program) {
  const u64 total = program.neurons();
  const auto set = [&](u32 param, i32 value) { program.neuron_param[param * total + n] = value; };
  set(Ranc::leak, neuron.leak);
  set(Ranc::positive_threshold, neuron.positive_threshold);
  set(Ranc::negative_threshold, neuron.negative_threshold);
  set(Ranc::reset_potential, neuron.reset_potential);
  set(Ranc::reset_mode, neuron.reset_mode);
  set(Ranc::reset_type, program.chip.neuron_params[Ranc::reset_type]);
  program.neuron_state[Ranc::potential * total + n] = neuron.potential;

  const Position at = program.chip.mesh.at(position);
  const Position to{at.x + static_cast<u32>(neuron.dx), at.y + static_cast<u32>(neuron.dy)};
  const u32 target = program.chip.mesh.index(to);
  const bool to_bus = program.output_lines > 0 && target == program.output_position;
  program.target_core[n] = to_bus ? output_bus : core_at[target];
  program.target_axon[n] = static_cast<u16>(neuron.axon);
  program.target_delay[n] = static_cast<u8>(neuron.delay);
}

void write_core(RancCore& core, u32 index, const std::vector<u32>& core_at, Program& program) {
  std::copy(core.axon_type.begin(), core.axon_type.end(),
            program.axon_type.begin() + std::ptrdiff_t{index} * program.chip.axons);
  program.crossbar.insert(program.crossbar.end(), core.crossbar.begin(), core.crossbar.end());
  const u64 first = program.neuron_begin[index];
  for (u64 i = 0; i < core.neurons.size(); ++i) {
    write_neuron(core.neurons[i], core.position, core_at, first + i, program);
    for (u64 w = 0; w < program.chip.weights; ++w) {
      program.weight[w * program.neurons() + first + i] =
          core.weights[i * program.chip.weights + w];
    }
  }
  core = {};  // keeps the peak of memory low
}

}  // namespace

Program build_program(const Chip& chip, const RancBus& bus, std::vector<RancCore> cores,
                      const std::vector<u32>& targeted, IdleCores idle) {
  add_receivers(bus, idle == IdleCores::kept ? all_positions(chip.mesh) : targeted, cores);
  if (idle == IdleCores::kept) {
    for (RancCore& core : cores) fill_with_default_neurons(chip, core);
  }
  std::sort(cores.begin(), cores.end(),
            [](const RancCore& a, const RancCore& b) { return a.position < b.position; });
  check_available_memory(program_bytes(chip, cores), "this network");
  Program program;
  program.chip = chip;
  program.output_position = bus.position;
  program.output_lines = bus.lines;
  place_cores(cores, program);
  const std::vector<u32> core_at = program.core_at_position();
  for (u32 c = 0; c < cores.size(); ++c) write_core(cores[c], c, core_at, program);
  return program;
}

}  // namespace spikefab
