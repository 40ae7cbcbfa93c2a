#include "sim/host_program.h"

namespace spikefab::sim {

HostProgram::HostProgram(const Program& program)
    : program_(program),
      crossbar_begin_(program.crossbar_begin()),
      core_at_position_(program.core_at_position()),
      target_hops_(program.neurons()) {
  const Mesh& mesh = program_.chip.mesh;
  for (u32 c = 0; c < program_.cores(); ++c) {
    const Position from = mesh.at(program_.position[c]);
    for (u64 n = program_.neuron_begin[c]; n < program_.neuron_begin[c + 1]; ++n) {
      const u32 target = program_.target_core[n];
      const u32 to = target == output_bus ? program_.output_position : program_.position[target];
      target_hops_[n] = Mesh::hops(from, mesh.at(to));
    }
  }
}

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

}  // namespace spikefab::sim
