#include "cli/describe.h"

#include <bit>

#include "base/suggest.h"

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

Json describe_crossbars(const Chip& chip) {
  return {{"organisation", "crossbar"},
          {"axons_per_core", chip.axons},
          {"neurons_per_core", chip.neurons},
          {"weights_per_neuron", chip.weights},
          {"slots", chip.slots}};
}

Json describe_synaptic_memory(const Chip& chip) {
  const SynapticLimits& limits = chip.limits;
  return {{"organisation", "synaptic memory"},
          {"axons_per_core", chip.axons},
          {"neurons_per_core", chip.neurons},
          {"output_axons_per_core", limits.output_axons},
          {"accumulators_per_core", limits.accumulators},
          {"max_delay", limits.max_delay},
          {"synapse_words_per_core", limits.words},
          {"synapse_storage", limits.storage == SynapseStorage::packed ? "packed" : "loihi"}};
}

// What a core of either organisation holds.
Json describe_crossbar(const Program& program, u32 core, u64 first_word, u64 last_word) {
  const u64 neurons = program.core_neurons(core);
  const u64 synapses = set_bits(program.crossbar, first_word, last_word);
  return {{"neurons", neurons},
          {"synapses", synapses},
          {"density", share(synapses, neurons * program.chip.axons)},
          {"to_output_bus", neurons_to_bus(program, core)}};
}

Json describe_memory(const Program& program, u32 core) {
  const SynapticMemory& m = *program.memory;
  const u64 first_axon = m.axon_begin[core];
  const u64 last_axon = m.axon_begin[core + 1];
  u64 targets = 0;
  u64 to_bus = 0;
  for (u64 i = m.target_begin[program.neuron_begin[core]];
       i < m.target_begin[program.neuron_begin[core + 1]]; ++i) {
    ++(m.target_core[i] == output_bus ? to_bus : targets);
  }
  return {{"neurons", program.core_neurons(core)},
          {"axons", last_axon - first_axon},
          {"synapses", m.row_begin[last_axon] - m.row_begin[first_axon]},
          {"targets", targets},
          {"to_output_bus", to_bus}};
}

}  // namespace

Json describe(const Chip& chip) {
  Json document = {{"chip", printable(chip.name, 256)},
                   {"mesh_width", chip.mesh.width},
                   {"mesh_height", chip.mesh.height},
                   {"routing", chip.mesh.routing == Routing::xy ? "xy" : "yx"}};
  document.update(chip.has_crossbars() ? describe_crossbars(chip) : describe_synaptic_memory(chip));
  document["neuron_model"] = neuron_model_names(chip.organisation).at(chip.neuron_model);
  const ModelOutline outline = model_outline(chip);
  for (u64 k = 0; k < outline.params.size(); ++k) {
    document["default_" + std::string(outline.params[k].name)] = chip.neuron_params.at(k);
  }
  return document;
}

Json describe(const Program& program) {
  const u64 synapses = program.connections();
  Json document = describe(program.chip);
  document["mesh_cores"] = program.chip.mesh.size();
  document["programmed_cores"] = program.cores();
  document["neurons"] = program.neurons();
  document["synapses"] = synapses;
  if (program.chip.has_crossbars()) {
    document["crossbar_density"] = share(synapses, program.neurons() * program.chip.axons);
  } else {
    document["targets"] = u64{program.memory->target_core.size()};
    document["longest_delay"] = program.slots - 2;
  }
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
  const bool has_crossbars = program.chip.has_crossbars();
  const std::vector<u64> begin = has_crossbars ? program.crossbar_begin() : std::vector<u64>{};
  Json rows = Json::array();
  for (u32 core = 0; core < program.cores() && rows.size() < max_rows; ++core) {
    const u32 at = program.position[core];
    if (at < mesh_indices.first || at > mesh_indices.last) continue;
    Json row = {{"core", at}, {"x", program.chip.mesh.at(at).x}, {"y", program.chip.mesh.at(at).y}};
    row.update(has_crossbars ? describe_crossbar(program, core, begin[core], begin[core + 1])
                             : describe_memory(program, core));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace spikefab::cli
