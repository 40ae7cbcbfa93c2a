#include "cli/describe.h"

#include <bit>

#include "base/suggest.h"
#include "neuron_models.h"

namespace spikefab::cli {
namespace {

double share(u64 part, u64 whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

u64 set_bits(const std::vector<u64>& words, u64 first, u64 last) {
  u64 bits = 0;
  for (u64 i = first; i < last; ++i) bits += static_cast<u64>(std::popcount(words[i]));
  return bits;
}

u64 neurons_to_bus(const Program& program, u32 core) {
  u64 count = 0;
  for (u64 n = program.neuron_begin[core]; n < program.neuron_begin[core + 1]; ++n) {
    count += program.target_core[n] == output_bus;
  }
  return count;
}

}  // namespace

Json describe(const Chip& chip) {
  Json document = {{"chip", printable(chip.name, 256)},
                   {"mesh_width", chip.mesh.width},
                   {"mesh_height", chip.mesh.height},
                   {"routing", chip.mesh.routing == Routing::xy ? "xy" : "yx"},
                   {"axons_per_core", chip.axons},
                   {"neurons_per_core", chip.neurons},
                   {"weights_per_neuron", chip.weights},
                   {"slots", chip.slots},
                   {"neuron_model", neuron_model_names().at(chip.neuron_model)}};
  NeuronModels::at(chip.neuron_model, [&](auto model) {
    for (u64 k = 0; k < model.params.size(); ++k) {
      document["default_" + std::string(model.params[k].name)] = chip.neuron_params.at(k);
    }
  });
  return document;
}

Json describe(const Program& program) {
  const u64 synapses = program.connections();
  Json document = describe(program.chip);
  document["mesh_cores"] = program.chip.mesh.size();
  document["programmed_cores"] = program.cores();
  document["neurons"] = program.neurons();
  document["synapses"] = synapses;
  document["crossbar_density"] = share(synapses, program.neurons() * program.chip.axons);
  document["output_lines"] = program.output_lines;
  if (program.output_lines > 0) document["output_position"] = program.output_position;
  return document;
}

Json describe(const Stimulus& stimulus) {
  return {{"replicas", stimulus.replicas},
          {"stimulus_ticks", stimulus.ticks},
          {"events", u64{stimulus.events.size()}}};
}

void check_cores(u64 first, const Program& program) {
  const u32 cores = program.chip.mesh.size();
  if (first < cores) return;
  throw UsageError("--cores selects none of the cores, which are 0.." + std::to_string(cores - 1));
}

Json describe_cores(const Program& program, Range mesh_indices, u64 max_rows) {
  const std::vector<u64> begin = program.crossbar_begin();
  Json rows = Json::array();
  for (u32 core = 0; core < program.cores() && rows.size() < max_rows; ++core) {
    const u32 at = program.position[core];
    if (at < mesh_indices.first || at > mesh_indices.last) continue;
    const u64 neurons = program.core_neurons(core);
    const u64 synapses = set_bits(program.crossbar, begin[core], begin[core + 1]);
    rows.push_back({{"core", at},
                    {"x", program.chip.mesh.at(at).x},
                    {"y", program.chip.mesh.at(at).y},
                    {"neurons", neurons},
                    {"synapses", synapses},
                    {"density", share(synapses, neurons * program.chip.axons)},
                    {"to_output_bus", neurons_to_bus(program, core)}});
  }
  return rows;
}

}  // namespace spikefab::cli
