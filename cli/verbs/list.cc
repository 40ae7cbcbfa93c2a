// spikefab list: what is registered in this build.
#include "arch/chip.h"
#include "cli/command.h"
#include "cli/result.h"
#include "mapper/importer.h"
#include "neuron_models.h"
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

Json importers() {
  Json rows = Json::array();
  for (const auto& [name, entry] : Registry<Importer>::all()) {
    rows.push_back({{"importer", name}, {"what", entry.help}});
  }
  return rows;
}

Json neuron_models() {
  Json rows = Json::array();
  NeuronModels::for_each([&rows](auto model) {
    rows.push_back({{"model", model.name}, {"what", model.help}});
  });
  return rows;
}

Json neuron_params() {
  Json rows = Json::array();
  NeuronModels::for_each([&rows](auto model) {
    for (const ParamSpec& spec : model.params) {
      rows.push_back({{"model", model.name},
                      {"param", spec.name},
                      {"default", spec.value},
                      {"min", spec.min},
                      {"max", spec.max},
                      {"unit", spec.unit},
                      {"what", spec.help}});
    }
  });
  return rows;
}

class List : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text = "Lists engines, importers and neuron models with their parameters.";
    d.options.add_options()("json", flag_value(), json_help);
    d.examples = {{"list", "what this build has"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    print_result({{"engines", engines()},
                  {"importers", importers()},
                  {"neuron_models", neuron_models()},
                  {"neuron_params", neuron_params()}},
                 arguments);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "list", List, "list engines, importers, neuron models");

}  // namespace
}  // namespace spikefab::cli
