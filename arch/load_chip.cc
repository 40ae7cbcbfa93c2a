// Chip files and chip messages: the schema's rules (base/yaml_binder.h), then the neuron models of
// this build, which the schema does not know.
#include <filesystem>
#include <map>

#include "arch/chip_message.h"
#include "base/field_rules.h"
#include "base/param_values.h"
#include "base/suggest.h"
#include "base/yaml_binder.h"
#include "compartment_models.h"
#include "neuron_models.h"

namespace spikefab {
namespace {

// Mesh indices are u32, and no count of what a chip holds overflows u64.
static_assert(u64{max_mesh_side} * max_mesh_side < (u64{1} << 32));
static_assert(u64{max_axons} * max_neurons < (u64{1} << 63) / max_mesh_side / max_mesh_side);

// Calls visit(model) for the neuron model at an index of its organisation.
template <class Visit>
void at_model(Organisation organisation, u32 model, Visit&& visit) {
  if (organisation == Organisation::crossbar) {
    NeuronModels::at(model, visit);
  } else {
    CompartmentModels::at(model, visit);
  }
}

std::vector<ParamSpec> params_of(Organisation organisation, u32 model) {
  std::vector<ParamSpec> params;
  at_model(organisation, model,
           [&](auto neuron) { params.assign(neuron.params.begin(), neuron.params.end()); });
  return params;
}

void set_neuron(const schema::Neuron& message, const PlaceOf& place_of, Problems& problems,
                Chip& chip) {
  const std::string usual = chip.has_crossbars() ? "ranc" : "loihi_lif";
  const std::optional<u32> model =
      find_choice("core.neuron.model", message.model().empty() ? usual : message.model(),
                  neuron_model_names(chip.organisation), place_of, problems);
  if (!model) return;
  chip.neuron_model = *model;
  chip.neuron_params = default_neuron_params(*model, chip.organisation);
  // In the order of names, so that problems come in the same order in every run.
  const std::map<std::string, i32> given(message.params().begin(), message.params().end());
  set_params("core.neuron.params", given, params_of(chip.organisation, *model), place_of, problems,
             chip.neuron_params);
}

void set_crossbar(schema::Crossbar crossbar, bool is_given, Chip& chip) {
  if (!is_given) fill_defaults(crossbar);
  chip.axons = crossbar.axons();
  chip.neurons = crossbar.neurons();
  chip.weights = crossbar.weights();
  chip.slots = crossbar.slots();
}

void set_synaptic_memory(const schema::SynapticMemory& memory, Chip& chip) {
  chip.organisation = Organisation::synaptic_memory;
  chip.axons = memory.axons();
  chip.neurons = memory.neurons();
  chip.weights = 0;
  chip.slots = 0;
  chip.limits = {.output_axons = memory.output_axons(),
                 .accumulators = memory.accumulators(),
                 .max_delay = memory.max_delay(),
                 .words = memory.words(),
                 .weight_formats = memory.weight_formats(),
                 .neuron_profiles = memory.neuron_profiles(),
                 .threshold_profiles = memory.threshold_profiles(),
                 .storage = memory.storage() == schema::SynapticMemory::packed
                                ? SynapseStorage::packed
                                : SynapseStorage::loihi};
}

// The message follows the schema's rules, unless there are problems already.
Chip chip_by_rules(const schema::Chip& message, const PlaceOf& place_of, Problems& problems) {
  Chip chip;
  chip.name = message.name();
  chip.mesh.width = message.mesh().width();
  chip.mesh.height = message.mesh().height();
  chip.mesh.routing = message.mesh().routing() == schema::Mesh::yx ? Routing::yx : Routing::xy;
  const schema::Core& core = message.core();
  if (core.has_synaptic_memory()) {
    set_synaptic_memory(core.synaptic_memory(), chip);
  } else {
    set_crossbar(core.crossbar(), core.has_crossbar(), chip);
  }
  set_neuron(core.neuron(), place_of, problems, chip);
  return chip;
}

void write_synaptic_memory(const Chip& chip, schema::SynapticMemory& memory) {
  memory.set_axons(chip.axons);
  memory.set_neurons(chip.neurons);
  memory.set_output_axons(chip.limits.output_axons);
  memory.set_accumulators(chip.limits.accumulators);
  memory.set_max_delay(chip.limits.max_delay);
  memory.set_words(chip.limits.words);
  memory.set_weight_formats(chip.limits.weight_formats);
  memory.set_neuron_profiles(chip.limits.neuron_profiles);
  memory.set_threshold_profiles(chip.limits.threshold_profiles);
  memory.set_storage(chip.limits.storage == SynapseStorage::packed ? schema::SynapticMemory::packed
                                                                   : schema::SynapticMemory::loihi);
}

void write_crossbar(const Chip& chip, schema::Crossbar& crossbar) {
  crossbar.set_axons(chip.axons);
  crossbar.set_neurons(chip.neurons);
  crossbar.set_weights(chip.weights);
  crossbar.set_slots(chip.slots);
}

}  // namespace

std::vector<i32> default_neuron_params(u32 neuron_model, Organisation organisation) {
  return default_values(params_of(organisation, neuron_model));
}

std::vector<std::string> neuron_model_names(Organisation organisation) {
  std::vector<std::string> names;
  const auto add = [&](auto neuron) { names.emplace_back(neuron.name); };
  if (organisation == Organisation::crossbar) {
    NeuronModels::for_each(add);
  } else {
    CompartmentModels::for_each(add);
  }
  return names;
}

ModelOutline model_outline(const Chip& chip) {
  ModelOutline outline;
  at_model(chip.organisation, chip.neuron_model, [&](auto model) {
    outline.params.assign(model.params.begin(), model.params.end());
    outline.state_words = model.state_words;
    outline.inputs = 1;
    if constexpr (requires { model.inputs; }) outline.inputs = model.inputs;
  });
  return outline;
}

schema::Chip to_message(const Chip& chip) {
  schema::Chip message;
  message.set_name(chip.name);
  schema::Mesh& mesh = *message.mutable_mesh();
  mesh.set_width(chip.mesh.width);
  mesh.set_height(chip.mesh.height);
  mesh.set_routing(chip.mesh.routing == Routing::yx ? schema::Mesh::yx : schema::Mesh::xy);
  if (chip.has_crossbars()) {
    write_crossbar(chip, *message.mutable_core()->mutable_crossbar());
  } else {
    write_synaptic_memory(chip, *message.mutable_core()->mutable_synaptic_memory());
  }
  schema::Neuron& neuron = *message.mutable_core()->mutable_neuron();
  neuron.set_model(neuron_model_names(chip.organisation).at(chip.neuron_model));
  const std::vector<ParamSpec> params = params_of(chip.organisation, chip.neuron_model);
  SPIKEFAB_ASSERT(chip.neuron_params.size() == params.size());
  for (std::size_t i = 0; i < params.size(); ++i) {
    (*neuron.mutable_params())[std::string(params[i].name)] = chip.neuron_params[i];
  }
  return message;
}

Chip chip_from_message(const schema::Chip& message, const PlaceOf& place_of, Problems& problems) {
  check_rules(message, place_of, problems);
  return chip_by_rules(message, place_of, problems);
}

Chip load_chip(const std::string& path) {
  schema::Chip message;
  Problems problems;
  const YamlPlaces places = bind_yaml({path}, message, problems);
  if (message.name().empty()) {
    message.set_name(printable(std::filesystem::path(path).stem().string()));
  }
  const auto place_of = [&](const std::string& field_path) { return places.of(field_path); };
  Chip chip = chip_by_rules(message, place_of, problems);
  problems.throw_if_any();
  return chip;
}

std::string to_yaml(const Chip& chip) { return to_yaml_text(to_message(chip)); }

}  // namespace spikefab
