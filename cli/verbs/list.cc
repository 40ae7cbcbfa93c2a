// spikefab list: what is registered in this build.
#include "arch/chip.h"
#include "cli/command.h"
#include "cli/result.h"
#include "compartment_models.h"
#include "mapper/encoder.h"
#include "mapper/events/reader.h"
#include "mapper/importer.h"
#include "mapper/mapping/partitioner.h"
#include "mapper/mapping/placer.h"
#include "mapper/semantics.h"
#include "neuron_models.h"
#include "sim/decoder.h"
#include "sim/engine.h"

namespace spikefab::cli {
namespace {

Json engines() {
  Json rows = Json::array();
  for (const auto& [name, entry] : Registry<sim::Engine>::all()) {
    rows.push_back({{"engine", name},
                    {"available", entry.make()->unavailable().value_or("yes")},
                    {"what", entry.help}});
  }
  return rows;
}

// The names and helps of what has nothing else to tell.
template <class Interface>
Json registered() {
  Json rows = Json::array();
  for (const auto& [name, entry] : Registry<Interface>::all()) {
    rows.push_back({{std::string(Interface::kind), name}, {"what", entry.help}});
  }
  return rows;
}

// Calls visit(model, organisation) for each neuron model.
template <class Visit>
void for_each_model(Visit&& visit) {
  NeuronModels::for_each([&](auto model) { visit(model, "crossbar"); });
  CompartmentModels::for_each([&](auto model) { visit(model, "synaptic memory"); });
}

Json neuron_models() {
  Json rows = Json::array();
  for_each_model([&rows](auto model, const char* organisation) {
    rows.push_back({{"model", model.name}, {"cores_with", organisation}, {"what", model.help}});
  });
  return rows;
}

template <class Params>
void add_params(const char* owner_kind, std::string_view owner, const Params& params, Json& rows) {
  for (const ParamSpec& spec : params) {
    rows.push_back({{owner_kind, owner},
                    {"param", spec.name},
                    {"default", spec.value},
                    {"min", spec.min},
                    {"max", spec.max},
                    {"unit", spec.unit},
                    {"what", spec.help}});
  }
}

Json neuron_params() {
  Json rows = Json::array();
  for_each_model(
      [&rows](auto model, const char*) { add_params("model", model.name, model.params, rows); });
  return rows;
}

Json engine_options() {
  Json rows = Json::array();
  for (const auto& [name, entry] : Registry<sim::Engine>::all()) {
    add_params("engine", name, entry.make()->options(), rows);
  }
  return rows;
}

template <class Interface>
Json params_of() {
  Json rows = Json::array();
  for (const auto& [name, entry] : Registry<Interface>::all()) {
    add_params(Interface::kind.data(), name, entry.make()->params(), rows);
  }
  return rows;
}

class List : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Lists what this build has: engines with their options, importers, event formats, "
        "semantics presets, decoders, and neuron models, encoders, partitioners and placers with "
        "their parameters.";
    d.options.add_options()("json", flag_value(), json_help);
    d.examples = {{"list", "what this build has"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    print_result({{"engines", engines()},
                  {"engine_options", engine_options()},
                  {"importers", registered<Importer>()},
                  {"neuron_models", neuron_models()},
                  {"neuron_params", neuron_params()},
                  {"event_formats", registered<EventReader>()},
                  {"semantics_presets", registered<SemanticsPreset>()},
                  {"encoders", registered<Encoder>()},
                  {"encoder_params", params_of<Encoder>()},
                  {"partitioners", registered<Partitioner>()},
                  {"partitioner_params", params_of<Partitioner>()},
                  {"placers", registered<Placer>()},
                  {"placer_params", params_of<Placer>()},
                  {"decoders", registered<sim::Decoder>()}},
                 arguments);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "list", List, "list engines, neuron models, importers, encoders, ...");

}  // namespace
}  // namespace spikefab::cli
