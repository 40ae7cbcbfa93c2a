// Chip files and chip messages: the schema's rules (base/yaml_binder.h), then the neuron models of
// this build, which the schema does not know.
#include <filesystem>
#include <map>

#include "arch/chip_message.h"
#include "base/field_rules.h"
#include "base/param_values.h"
#include "base/suggest.h"
#include "base/yaml_binder.h"
#include "neuron_models.h"

namespace spikefab {
namespace {

// Mesh indices are u32, and no count of what a chip holds overflows u64.
static_assert(u64{max_mesh_side} * max_mesh_side < (u64{1} << 32));
static_assert(u64{max_axons} * max_neurons < (u64{1} << 63) / max_mesh_side / max_mesh_side);

std::vector<ParamSpec> params_of(u32 model) {
  std::vector<ParamSpec> params;
  NeuronModels::at(model,
                   [&](auto neuron) { params.assign(neuron.params.begin(), neuron.params.end()); });
  return params;
}

void set_neuron(const schema::Neuron& message, const PlaceOf& place_of, Problems& problems,
                Chip& chip) {
  const std::optional<u32> model =
      find_choice("core.neuron.model", message.model(), neuron_model_names(), place_of, problems);
  if (!model) return;
  chip.neuron_model = *model;
  chip.neuron_params = default_neuron_params(*model);
  // In the order of names, so that problems come in the same order in every run.
  const std::map<std::string, i32> given(message.params().begin(), message.params().end());
  set_params("core.neuron.params", given, params_of(*model), place_of, problems,
             chip.neuron_params);
}

// The message follows the schema's rules, unless there are problems already.
Chip chip_by_rules(const schema::Chip& message, const PlaceOf& place_of, Problems& problems) {
  Chip chip;
  chip.name = message.name();
  chip.mesh.width = message.mesh().width();
  chip.mesh.height = message.mesh().height();
  chip.mesh.routing = message.mesh().routing() == schema::Mesh::yx ? Routing::yx : Routing::xy;
  const schema::Crossbar& crossbar = message.core().crossbar();
  chip.axons = crossbar.axons();
  chip.neurons = crossbar.neurons();
  chip.weights = crossbar.weights();
  chip.slots = crossbar.slots();
  set_neuron(message.core().neuron(), place_of, problems, chip);
  return chip;
}

}  // namespace

std::vector<i32> default_neuron_params(u32 neuron_model) {
  return default_values(params_of(neuron_model));
}

std::vector<std::string> neuron_model_names() {
  std::vector<std::string> names;
  NeuronModels::for_each([&](auto neuron) { names.emplace_back(neuron.name); });
  return names;
}

schema::Chip to_message(const Chip& chip) {
  schema::Chip message;
  message.set_name(chip.name);
  schema::Mesh& mesh = *message.mutable_mesh();
  mesh.set_width(chip.mesh.width);
  mesh.set_height(chip.mesh.height);
  mesh.set_routing(chip.mesh.routing == Routing::yx ? schema::Mesh::yx : schema::Mesh::xy);
  schema::Crossbar& crossbar = *message.mutable_core()->mutable_crossbar();
  crossbar.set_axons(chip.axons);
  crossbar.set_neurons(chip.neurons);
  crossbar.set_weights(chip.weights);
  crossbar.set_slots(chip.slots);
  schema::Neuron& neuron = *message.mutable_core()->mutable_neuron();
  neuron.set_model(neuron_model_names().at(chip.neuron_model));
  const std::vector<ParamSpec> params = params_of(chip.neuron_model);
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
