#include "mapper/core_limits.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

constexpr u32 none = 0xffffffff;

// An upper limit, where 0 may stand for none.
std::optional<BrokenLimit> at_most(const char* resource, u64 have, u64 need, const char* help) {
  if (need <= have) return {};
  return BrokenLimit{resource, have, need, help};
}
std::optional<BrokenLimit> at_most_if_limited(const char* resource, u64 have, u64 need,
                                              const char* help) {
  if (have == 0) return {};
  return at_most(resource, have, need, help);
}

}  // namespace

CoreBuilder::CoreBuilder(const QuantisedNetwork& network, u32 neurons_per_core)
    : network_(network),
      roles_(chip_neurons(network.chip)->roles()),
      max_neurons_(neurons_per_core == 0 ? network.chip.neurons
                                         : std::min(neurons_per_core, network.chip.neurons)),
      inputs_(model_outline(network.chip).inputs),
      axon_of_source_(network.sources(), none) {
  std::vector<WeightFormat> kinds;
  for (const WeightFormat& format : network.formats) {
    const auto found = std::find(kinds.begin(), kinds.end(), format);
    format_id_.push_back(static_cast<u32>(found - kinds.begin()));
    if (found == kinds.end()) kinds.push_back(format);
  }
  layer_of_source_.reserve(network.sources());
  u32 number = 0;
  const auto add = [&](const QuantisedLayer& layer) {
    layer_of_source_.insert(layer_of_source_.end(), layer.size, number++);
  };
  for (const QuantisedLayer& layer : network.inputs) add(layer);
  for (const QuantisedLayer& layer : network.layers) add(layer);
}

void CoreBuilder::clear() {
  for (const u32 source : sources_) axon_of_source_[source] = none;
  neurons_.clear();
  sources_.clear();
  axons_.clear();
  synapses_ = axon_words_ = longest_axon_ = 0;
  longest_delay_ = output_axons_ = 0;
  formats_.clear();
  profiles_.clear();
  thresholds_.clear();
}

u32 CoreBuilder::axon_of(u32 source) {
  u32& axon = axon_of_source_[source];
  if (axon != none) return axon;
  axon = static_cast<u32>(sources_.size());
  sources_.push_back(source);
  if (network_.chip.limits.storage == SynapseStorage::loihi) axons_.emplace_back();
  return axon;
}

CoreBuilder::Added CoreBuilder::push_synapses(u32 neuron) {
  const Added added = {sources_.size(), axon_words_, longest_delay_};
  const u32 number = static_cast<u32>(neurons_.size());
  const u32 target_layer = network_.layer_of_neuron(neuron);
  longest_axon_ = 0;
  for (u64 s = network_.synapse_begin[neuron]; s < network_.synapse_begin[neuron + 1]; ++s) {
    const u32 source = network_.source[s];
    const u32 axon = axon_of(source);
    longest_delay_ = std::max<u32>(longest_delay_, network_.delay[s]);
    if (axons_.empty()) continue;
    const u32 from = layer_of_source_[source];
    const WeightFormat& format = network_.format(from, target_layer);
    const u32 format_id = format_id_[u64{from} * network_.layers.size() + target_layer];
    LoihiAxon& entries = axons_[axon];
    axon_words_ -= entries.words();
    entries.push(number, format_id, stored_weight_bits(format.bits) + format.delay_bits);
    axon_words_ += entries.words();
    longest_axon_ = std::max(longest_axon_, entries.words());
  }
  synapses_ += network_.synapse_begin[neuron + 1] - network_.synapse_begin[neuron];
  neurons_.push_back(neuron);
  return added;
}

void CoreBuilder::pop_synapses(u32 neuron, const Added& added) {
  for (u64 s = network_.synapse_begin[neuron]; s < network_.synapse_begin[neuron + 1]; ++s) {
    const u32 axon = axon_of_source_[network_.source[s]];
    if (!axons_.empty()) axons_[axon].pop();
  }
  for (std::size_t axon = added.axons_before; axon < sources_.size(); ++axon) {
    axon_of_source_[sources_[axon]] = none;
  }
  sources_.resize(added.axons_before);
  if (!axons_.empty()) axons_.resize(added.axons_before);
  axon_words_ = added.words_before;
  longest_delay_ = added.longest_before;
  synapses_ -= network_.synapse_begin[neuron + 1] - network_.synapse_begin[neuron];
  neurons_.pop_back();
}

std::vector<i32> CoreBuilder::values(u32 neuron, const std::vector<u32>& params) const {
  std::vector<i32> values;
  for (const u32 k : params) {
    values.push_back(network_.neuron_param[u64{k} * network_.neurons + neuron]);
  }
  return values;
}

std::vector<u32> CoreBuilder::new_formats(u32 neuron) const {
  std::vector<u32> found;
  const u32 target_layer = network_.layer_of_neuron(neuron);
  u32 last = none;
  for (u64 s = network_.synapse_begin[neuron]; s < network_.synapse_begin[neuron + 1]; ++s) {
    const u32 from = layer_of_source_[network_.source[s]];
    if (from == last) continue;
    last = from;
    const u32 id = format_id_[u64{from} * network_.layers.size() + target_layer];
    if (!formats_.contains(id) && std::find(found.begin(), found.end(), id) == found.end()) {
      found.push_back(id);
    }
  }
  return found;
}

u64 CoreBuilder::words() const {
  if (network_.chip.limits.storage == SynapseStorage::packed) return divide_up(synapses_, 2);
  return axon_words_;
}

u32 CoreBuilder::slots() const { return std::bit_ceil(longest_delay_ + 2); }

u64 CoreBuilder::accumulators() const { return u64{neurons_.size()} * inputs_ * slots(); }

std::optional<BrokenLimit> CoreBuilder::broken_by_neuron(u32 neuron, u32 output_axons) const {
  const SynapticLimits& limits = network_.chip.limits;
  if (auto broken = at_most("neurons", max_neurons_, neurons_.size() + 1, "")) return broken;
  if (auto broken = at_most("output axons", limits.output_axons, u64{output_axons_} + output_axons,
                            "neurons that reach fewer cores: smaller layers behind them, or cores "
                            "with more neurons")) {
    return broken;
  }
  if (!neurons_.empty() &&
      values(neuron, roles_.core_wide) != values(neurons_.front(), roles_.core_wide)) {
    return BrokenLimit{"values of registers that a core has once", 1, 2, ""};
  }
  if (auto broken = at_most_if_limited("weight formats", limits.weight_formats,
                                       formats_.size() + new_formats(neuron).size(),
                                       "fewer layers that feed the same neurons")) {
    return broken;
  }
  if (auto broken =
          at_most_if_limited("neuron profiles", limits.neuron_profiles,
                             profiles_.size() + !profiles_.contains(values(neuron, roles_.profile)),
                             "equal time constants")) {
    return broken;
  }
  return at_most_if_limited(
      "threshold profiles", limits.threshold_profiles,
      thresholds_.size() + !thresholds_.contains(values(neuron, roles_.threshold)),
      "one scale for each layer (ScalePer::layer)");
}

std::optional<BrokenLimit> CoreBuilder::broken_by_synapses() const {
  const SynapticLimits& limits = network_.chip.limits;
  if (auto broken =
          at_most("input axons", network_.chip.axons, sources_.size(), "fewer inputs per neuron")) {
    return broken;
  }
  if (auto broken =
          at_most("accumulators", limits.accumulators, accumulators(), "shorter delays")) {
    return broken;
  }
  if (auto broken = at_most_if_limited("words of synaptic memory", limits.words, words(),
                                       "fewer weight bits, or fewer inputs per neuron")) {
    return broken;
  }
  return at_most("words for the synapses of an axon", max_axon_words, longest_axon_,
                 "fewer weight bits");
}

std::optional<BrokenLimit> CoreBuilder::try_add(u32 neuron, u32 output_axons) {
  if (auto broken = broken_by_neuron(neuron, output_axons)) return broken;
  const std::vector<u32> formats = new_formats(neuron);
  const Added added = push_synapses(neuron);
  if (auto broken = broken_by_synapses()) {
    pop_synapses(neuron, added);
    return broken;
  }
  formats_.insert(formats.begin(), formats.end());
  profiles_.insert(values(neuron, roles_.profile));
  thresholds_.insert(values(neuron, roles_.threshold));
  output_axons_ += output_axons;
  return {};
}

CoreUse CoreBuilder::use() const {
  return {.neurons = static_cast<u32>(neurons_.size()),
          .axons = static_cast<u32>(sources_.size()),
          .output_axons = output_axons_,
          .synapses = synapses_,
          .words = words(),
          .longest_delay = longest_delay_,
          .slots = slots(),
          .accumulators = static_cast<u32>(accumulators()),
          .weight_formats = static_cast<u32>(formats_.size()),
          .neuron_profiles = static_cast<u32>(profiles_.size()),
          .threshold_profiles = static_cast<u32>(thresholds_.size())};
}

CoreUse CoreBuilder::use_of(const std::vector<u32>& neurons) {
  clear();
  for (const u32 neuron : neurons) {
    const auto broken = try_add(neuron, 0);
    SPIKEFAB_ASSERT(!broken);
  }
  return use();
}

CoreSpaceMaker chip_cores(const QuantisedNetwork& network, u32 neurons_per_core) {
  CoreSpaceMaker maker;
  maker.name = "chip '" + printable(network.chip.name) + "'";
  maker.neurons = neurons_per_core == 0 ? network.chip.neurons
                                        : std::min(neurons_per_core, network.chip.neurons);
  maker.axons = network.chip.axons;
  maker.output_axons = network.chip.limits.output_axons;
  maker.make = [&network, neurons_per_core] {
    return std::make_unique<CoreBuilder>(network, neurons_per_core);
  };
  return maker;
}

}  // namespace spikefab
