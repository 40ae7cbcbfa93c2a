#include "tests/support/synaptic_core.h"

#include <algorithm>

#include "base/error.h"

namespace spikefab::test {

SynapticCore::SynapticCore(const std::string& model, u32 neurons)
    : neurons_(neurons), axons_(), targets_(neurons), lines_(neurons) {
  chip_.name = "one core";
  chip_.mesh.width = 2;  // the other place is the output bus
  chip_.mesh.height = 1;
  chip_.organisation = Organisation::synaptic_memory;
  chip_.axons = 1 << 16;
  chip_.neurons = max_accumulators;
  chip_.weights = 0;
  chip_.slots = 0;
  const std::vector<std::string> models = neuron_model_names(chip_.organisation);
  const auto found = std::find(models.begin(), models.end(), model);
  SPIKEFAB_ASSERT(found != models.end());
  chip_.neuron_model = static_cast<u32>(found - models.begin());
  chip_.neuron_params = default_neuron_params(chip_.neuron_model, chip_.organisation);
  outline_ = model_outline(chip_);
  for (const i32 value : chip_.neuron_params) params_.insert(params_.end(), neurons, value);
  state_.assign(u64{outline_.state_words} * neurons, 0);
}

SynapticCore& SynapticCore::set(u32 neuron, std::string_view param, i32 value) {
  const auto found = std::find_if(outline_.params.begin(), outline_.params.end(),
                                  [&](const ParamSpec& spec) { return spec.name == param; });
  SPIKEFAB_ASSERT(found != outline_.params.end());
  params_[static_cast<u64>(found - outline_.params.begin()) * neurons_ + neuron] = value;
  return *this;
}

SynapticCore& SynapticCore::start(u32 neuron, u32 state_word, i32 value) {
  state_[u64{state_word} * neurons_ + neuron] = value;
  return *this;
}

u32 SynapticCore::add_axon(std::vector<StoredSynapse> synapses) {
  axons_.push_back(std::move(synapses));
  return static_cast<u32>(axons_.size() - 1);
}

SynapticCore& SynapticCore::send(u32 neuron, u32 axon) {
  targets_[neuron].push_back(axon);
  return *this;
}

SynapticCore& SynapticCore::send_out(u32 neuron, u32 line) {
  lines_[neuron].push_back(line);
  return *this;
}

SynapticCore& SynapticCore::add_input_axons() {
  for (u32 i = 0; i < neurons_ * outline_.inputs; ++i) {
    add_axon({{.accumulator = i, .delay = 0, .mantissa = 1, .exponent = 0}});
  }
  return *this;
}

Program SynapticCore::build() const {
  Program p;
  p.chip = chip_;
  p.output_position = 1;
  p.position = {0};
  p.neuron_begin = {0, neurons_};
  p.neuron_param = params_;
  p.neuron_state = state_;
  SynapticMemory& m = p.memory.edit();
  m.axon_begin = {0, axons_.size()};
  u32 longest = 0;
  for (const std::vector<StoredSynapse>& axon : axons_) {
    for (const StoredSynapse& synapse : axon) {
      m.synapse.push_back(packed(synapse));
      longest = std::max(longest, synapse.delay);
    }
    m.row_begin.push_back(static_cast<u32>(m.synapse.size()));
  }
  p.slots = longest + 2;
  for (u32 n = 0; n < neurons_; ++n) {
    for (const u32 axon : targets_[n]) {
      m.target_core.push_back(0);
      m.target_axon.push_back(axon);
    }
    for (const u32 line : lines_[n]) {
      m.target_core.push_back(output_bus);
      m.target_axon.push_back(line);
      p.output_lines = std::max(p.output_lines, line + 1);
    }
    m.target_begin.push_back(m.target_core.size());
  }
  check_program(p, "a core of this test");
  return p;
}

void PayloadStimulus::add(u32 axon, i32 payload) {
  if (payload == 0) return;
  stimulus_.events.push_back({.position = 0, .axon = static_cast<u16>(axon)});
  stimulus_.payload.push_back(payload);
}

Stimulus PayloadStimulus::build() const {
  Stimulus stimulus = stimulus_;
  stimulus.ticks = stimulus.begin.size();
  stimulus.begin.push_back(stimulus.events.size());
  return stimulus;
}

}  // namespace spikefab::test
