// RANC's config.json through the YAML binder, by a schema with RANC's names
// (mapper/ranc_config.proto). Keys that RANC does not know are ignored, as RANC does.
#include "arch/chip_message.h"
#include "base/yaml_binder.h"
#include "mapper/importers/ranc.h"
#include "mapper/ranc_config.pb.h"

namespace spikefab {
namespace {

schema::Chip chip_message_of(const schema::RancConfig& config) {
  schema::Chip chip;
  chip.set_name("ranc");
  chip.mutable_mesh()->set_width(config.num_cores_x());
  chip.mutable_mesh()->set_height(config.num_cores_y());
  schema::Crossbar& crossbar = *chip.mutable_core()->mutable_crossbar();
  crossbar.set_axons(config.num_axons());
  crossbar.set_neurons(config.num_neurons());
  crossbar.set_weights(config.num_weights());
  crossbar.set_slots(config.max_tick_offset());
  schema::Neuron& neuron = *chip.mutable_core()->mutable_neuron();
  neuron.set_model("ranc");
  (*neuron.mutable_params())["reset_type"] = static_cast<i32>(config.neuron_reset_type());
  return chip;
}

}  // namespace

RancConfig load_ranc_config(const std::string& path) {
  schema::RancConfig message;
  Problems problems;
  bind_yaml({path, UnknownKeys::ignore}, message, problems);
  problems.throw_if_any();

  RancConfig config;
  config.chip = chip_from_message(
      chip_message_of(message), [&](const std::string&) { return path; }, problems);
  problems.throw_if_any();
  config.neuron_trace = message.neuron_block_trace_verbosity();
  config.controller_trace = message.core_controller_trace_verbosity();
  config.scheduler_trace = message.scheduler_trace_verbosity();
  return config;
}

}  // namespace spikefab
