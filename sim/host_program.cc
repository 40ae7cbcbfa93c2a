#include "sim/host_program.h"

namespace spikefab::sim {

namespace {

// [neuron] links on the ways to all its targets; for_each_target(n, visit) names their cores.
template <class ForEachTarget>
std::vector<u32> hops_of(const Program& p, ForEachTarget&& for_each_target) {
  const Mesh& mesh = p.chip.mesh;
  std::vector<u32> hops(p.neurons());
  for (u32 c = 0; c < p.cores(); ++c) {
    const Position from = mesh.at(p.position[c]);
    for (u64 n = p.neuron_begin[c]; n < p.neuron_begin[c + 1]; ++n) {
      for_each_target(n, [&](u32 core) {
        const u32 to = core == output_bus ? p.output_position : p.position[core];
        hops[n] += Mesh::hops(from, mesh.at(to));
      });
    }
  }
  return hops;
}

std::vector<u32> target_hops(const Program& p) {
  if (p.chip.has_crossbars()) {
    return hops_of(p, [&](u64 n, auto&& visit) { visit(p.target_core[n]); });
  }
  return hops_of(p, [&m = *p.memory](u64 n, auto&& visit) {
    for (u64 i = m.target_begin[n]; i < m.target_begin[n + 1]; ++i) visit(m.target_core[i]);
  });
}

}  // namespace

Program without_contents(const Program& program) {
  Program out;
  out.chip = program.chip;
  out.output_position = program.output_position;
  out.output_lines = program.output_lines;
  out.slots = program.slots;
  out.seed = program.seed;
  out.position = program.position;
  out.neuron_begin = program.neuron_begin;
  return out;
}

HostProgram::HostProgram(const Program& program)
    : program_(program),
      crossbar_begin_(program.crossbar_begin()),
      core_at_position_(program.core_at_position()),
      target_hops_(target_hops(program)) {}

ProgramView HostProgram::view() const {
  const Program& p = program_;
  return {.cores = p.cores(),
          .axons = p.chip.axons,
          .axon_words = p.chip.axon_words(),
          .slots = p.chip.slots,
          .neuron_model = p.chip.neuron_model,
          .neurons = p.neurons(),
          .neuron_begin = p.neuron_begin.data(),
          .crossbar_begin = crossbar_begin_.data(),
          .axon_type = p.axon_type.data(),
          .crossbar = p.crossbar.data(),
          .weight = p.weight.data(),
          .neuron_param = p.neuron_param.data(),
          .target_core = p.target_core.data(),
          .target_axon = p.target_axon.data(),
          .target_delay = p.target_delay.data(),
          .target_hops = target_hops_.data()};
}

SynapticView HostProgram::synaptic_view() const {
  const Program& p = program_;
  const SynapticMemory& m = *p.memory;
  return {.cores = p.cores(),
          .slots = p.slots,
          .neuron_model = p.chip.neuron_model,
          .inputs = model_outline(p.chip).inputs,
          .neurons = p.neurons(),
          .seed = p.seed,
          .position = p.position.data(),
          .neuron_begin = p.neuron_begin.data(),
          .neuron_param = p.neuron_param.data(),
          .axon_begin = m.axon_begin.data(),
          .row_begin = m.row_begin.data(),
          .synapse = m.synapse.data(),
          .target_begin = m.target_begin.data(),
          .target_core = m.target_core.data(),
          .target_axon = m.target_axon.data(),
          .target_hops = target_hops_.data()};
}

}  // namespace spikefab::sim
