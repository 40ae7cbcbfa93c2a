#include "mapper/netx/quantised.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "arch/compartments/loihi_lif.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "mapper/chip_neurons.h"
#include "mapper/netx/synapses.h"

namespace spikefab {
namespace {

using Model = compartments::LoihiLif;

// One value for all, one each, or one per channel.
i32 value_of(const std::vector<i32>& values, const NetxLayer& layer, u64 neuron, i32 otherwise) {
  if (values.empty()) return otherwise;
  const u64 count = layer.neuron_count();
  return values[neuron / (count / values.size())];
}

std::string name_of_layer(const NetxNetwork& network, u32 index) {
  return std::string(name_of(network.layers[index].type)) + " " + std::to_string(index);
}

class NetxQuantiser {
 public:
  NetxQuantiser(const NetxNetwork& network, const Chip& chip)
      : network_(network),
        model_(chip_neurons(chip)),
        outline_(model_outline(chip)),
        largest_input_(static_cast<double>(model_->range(chip).largest_input)) {
    out_.path = network.path;
    out_.chip = chip;
  }

  QuantisedNetwork run() {
    check_model();
    check_layers();
    list_layers();
    check_room();
    out_.formats.resize(u64{out_.source_layers()} * out_.layers.size());
    out_.neuron_param.resize(outline_.params.size() * out_.neurons);
    out_.neuron_state.resize(outline_.state_words * out_.neurons);
    for (u32 l = 0; l < out_.layers.size(); ++l) {
      write_neurons(l);
      write_synapses(l);
    }
    problems_.throw_if_any();
    list_output();
    return std::move(out_);
  }

 private:
  const NetxLayer& layer_of(u32 index) const { return network_.layers[out_.layers[index].node]; }

  void check_model() const {
    const Chip& chip = out_.chip;
    const std::string name = neuron_model_names(chip.organisation)[chip.neuron_model];
    if (name == Model::name) return;
    throw InputError(
        network_.path,
        "is for loihi_lif neurons, but those of chip '" + printable(chip.name) + "' are " + name,
        "chip loihi1 has them");
  }

  void check_layers() {
    for (const NetxLayer& layer : network_.layers) {
      if (layer.type == NetxType::flatten) continue;
      if (!layer.neurons && layer.type != NetxType::input) {
        problems_.add({layer.place, "has no neurons, so that its sums would be its output",
                       "a chip's cores send spikes: export it with neurons in every layer"});
      }
      if (!layer.neurons && layer.bias.size() + layer.weight.size() > 0 &&
          layer.type == NetxType::input) {
        problems_.add({layer.place, "has a weight or bias, but no neurons to use it", ""});
      }
      if (layer.neurons && layer.neurons->has_graded_spikes) {
        problems_.add({layer.place + "/neuron/gradedSpike",
                       "spikes with values, which loihi_lif does not", ""});
      }
      if (layer.type == NetxType::pooling) check_pooling(layer);
    }
    problems_.throw_if_any();
  }

  void check_pooling(const NetxLayer& layer) {
    const std::vector<u32>& sides = layer.weight_shape;
    const bool is_sound =
        sides.size() == 4 && (sides[0] == 1 || sides[0] == layer.shape[0]) && sides[1] == 1;
    if (is_sound) return;
    problems_.add({layer.place + "/weight", "is not one window, or one for each channel",
                   "sides 1 x 1 x height x width, or channels x 1 x height x width"});
  }

  void list_layers() {
    QuantisedLayer input;
    input.name = "input";
    input.shape = netx_input_shape(network_);
    input.size = size_of(input.shape);
    out_.input_elements = input.size;
    out_.inputs.push_back(input);
    for (u32 i = 0; i < network_.layers.size(); ++i) {
      const NetxLayer& layer = network_.layers[i];
      if (!layer.neurons) continue;
      out_.layers.push_back({.node = i,
                             .name = name_of_layer(network_, i),
                             .shape = layer.shape,
                             .first = out_.neurons,
                             .size = layer.neuron_count(),
                             .level = static_cast<u32>(out_.layers.size())});
      out_.neurons += layer.neuron_count();
    }
    if (out_.layers.empty()) throw InputError(network_.path, "has no neurons");
  }

  // Before memory is taken for what the file claims.
  void check_room() const {
    const u64 room = checked_product({out_.chip.mesh.size(), out_.chip.neurons});
    if (out_.neurons > room) {
      throw FitError(network_.path + ": has " + std::to_string(out_.neurons) + " neurons; chip '" +
                     printable(out_.chip.name) + "' has room for " + std::to_string(room));
    }
    u64 synapses = 0;
    for (const QuantisedLayer& layer : out_.layers) {
      synapses += std::min(checked_product({layer.size, netx_fan_in(network_.layers[layer.node])}),
                           std::numeric_limits<u64>::max() / 2 - synapses);
    }
    constexpr u64 synapse_bytes = sizeof(u32) + sizeof(i16) + sizeof(u8) + sizeof(i32);
    constexpr u64 element_bytes = 64;  // lists of the axons of an input's element
    const u64 bytes = std::max(checked_product({synapses, synapse_bytes}),
                               checked_product({out_.input_elements, element_bytes}));
    check_available_memory(bytes, network_.path + ": its synapses");
  }

  void write_neurons(u32 index) {
    const QuantisedLayer& run = out_.layers[index];
    const NetxLayer& layer = layer_of(index);
    std::vector<i32> state(outline_.state_words);
    for (u64 i = 0; i < run.size; ++i) {
      std::vector<i32> params = out_.chip.neuron_params;
      std::fill(state.begin(), state.end(), 0);
      write_neuron(layer, i, run.level, params, state);
      for (u64 p = 0; p < params.size(); ++p) {
        out_.neuron_param[p * out_.neurons + run.first + i] = params[p];
      }
      for (u64 w = 0; w < state.size(); ++w) {
        out_.neuron_state[w * out_.neurons + run.first + i] = state[w];
      }
    }
  }

  void write_neuron(const NetxLayer& layer, u64 i, u32 level, std::vector<i32>& params,
                    std::vector<i32>& state) {
    const NetxNeurons& neurons = *layer.neurons;
    const i32 bias = value_of(layer.bias, layer, i, 0);
    ChipNeuron neuron;
    neuron.decay = value_of(neurons.voltage_decay, layer, i, 0);
    neuron.current_decay = value_of(neurons.current_decay, layer, i, 0);
    neuron.threshold = i64{value_of(neurons.threshold, layer, i, 0)} * 64;
    neuron.bias = bias * 64.0;
    // Its first step is in tick `level`; without a bias, nothing happens before.
    neuron.silent_ticks = bias == 0 ? 0 : level;
    const bool has_bias = std::abs(neuron.bias) <= model_->range(out_.chip).largest_bias &&
                          model_->stored_bias(neuron.bias) == neuron.bias;
    if (!has_bias && !problems_.full()) {
      problems_.add({layer.place + "/bias", std::to_string(bias) + " * 64 is no bias of loihi_lif",
                     "any of -4095..4095, even ones of -8190..8190"});
      return;
    }
    model_->write(neuron, params, state);
    params[Model::refractory_delay] = std::max(1, value_of(neurons.refractory_delay, layer, i, 1));
  }

  // The synapses of a layer, from the one before and from itself.
  void write_synapses(u32 index) {
    const QuantisedLayer& run = out_.layers[index];
    const NetxLayer& layer = layer_of(index);
    const bool is_first = index == 0;
    const NetxLayer& source = is_first ? network_.layers[0] : layer_of(index - 1);
    const NetxLayer& before = run.node == 0 ? layer : network_.layers[run.node - 1];
    const u64 first_source = is_first ? 0 : out_.input_elements + out_.layers[index - 1].first;
    const u64 first_synapse = out_.source.size();
    values_.clear();
    ValueRange from_before;
    ValueRange from_itself;
    std::vector<NetxSynapse> synapses;
    for (u64 i = 0; i < run.size; ++i) {
      synapses.clear();
      add_netx_synapses(before, layer, i, synapses);
      // An input with neurons delays their spikes, not its own elements.
      const bool has_delay = run.node != 0;
      for (const NetxSynapse& s : synapses) {
        const i32 delay = has_delay ? value_of(source.delay, source, s.source, 0) : 0;
        add_synapse(layer, first_source + s.source, s.weight, delay, from_before);
      }
      synapses.clear();
      add_recurrent_synapses(layer, i, synapses);
      for (const NetxSynapse& s : synapses) {
        add_synapse(layer, out_.input_elements + run.first + s.source, s.weight, 0, from_itself);
      }
      out_.synapse_begin.push_back(out_.source.size());
    }
    set_mantissas(index, first_synapse, from_before, from_itself);
  }

  void add_synapse(const NetxLayer& layer, u64 source, i32 weight, i32 delay, ValueRange& range) {
    const i64 value = netx_value(weight, layer.neurons->weight_exponent);
    if (value == 0) return;
    if (static_cast<u32>(delay) > out_.chip.limits.max_delay) {
      throw FitError(layer.place + ": a delay of " + std::to_string(delay) +
                     " ticks in the layer before; chip '" + printable(out_.chip.name) + "' has " +
                     std::to_string(out_.chip.limits.max_delay));
    }
    range.add(value);
    values_.push_back(static_cast<i32>(value));
    out_.source.push_back(static_cast<u32>(source));
    out_.delay.push_back(static_cast<u8>(delay));
  }

  void set_mantissas(u32 index, u64 first, const ValueRange& from_before,
                     const ValueRange& from_itself) {
    const u32 before = index == 0 ? 0 : index;  // of inputs and layers: there is one input
    const u32 itself = index + 1;
    LayerReport report;
    const WeightFormat format = choose_format(index, before, from_before, "weight", report);
    const WeightFormat own = choose_format(index, itself, from_itself, "weight_rec", report);
    const u64 own_sources = out_.input_elements + out_.layers[index].first;
    for (u64 s = first; s < out_.source.size(); ++s) {
      const i32 exponent = out_.source[s] >= own_sources ? own.exponent : format.exponent;
      const i32 value = values_[s - first];
      const i32 mantissa = exponent < 0 ? value * (1 << -exponent) : value >> exponent;
      out_.mantissa.push_back(static_cast<i16>(mantissa));
    }
    finish_report(index, first, report);
  }

  WeightFormat choose_format(u32 index, u32 from, const ValueRange& values,
                             const std::string& field, LayerReport& report) {
    if (values.count == 0) return {};
    const std::optional<WeightFormat> exact = exact_format(values, out_.chip.limits.storage);
    if (!exact) {
      problems_.add({layer_of(index).place + "/" + field,
                     "the values " + std::to_string(values.low) + ".." +
                         std::to_string(values.high) + " in steps of " +
                         std::to_string(u64{1} << values.common_zeros()) +
                         " are more than the chip's synapses hold without rounding",
                     out_.chip.limits.storage == SynapseStorage::packed
                         ? "-256..255 steps, up to 32767"
                         : "0..255 steps, or with both signs -128..127, up to 32767; a chip with "
                           "storage: packed holds -256..255"});
      return {};
    }
    WeightFormat format = *exact;
    const u32 longest = longest_delay(index, from);
    format.delay_bits = static_cast<u32>(std::bit_width(longest));
    out_.formats[u64{from} * out_.layers.size() + index] = format;
    report.projections.push_back(
        {.from = from == 0 ? out_.inputs[0].name : out_.layers[from - 1].name,
         .synapses = values.count,
         .format = format,
         .largest_weight = static_cast<double>(std::max(values.high, -values.low)),
         .longest_delay = longest});
    return format;
  }

  // Ticks that spikes from there wait.
  u32 longest_delay(u32 index, u32 from) const {
    const bool is_itself = from == index + 1;
    if (is_itself || out_.layers[index].node == 0) return 0;
    const std::vector<i32>& delay = from == 0 ? network_.layers[0].delay : layer_of(from - 1).delay;
    return delay.empty() ? 0 : static_cast<u32>(*std::max_element(delay.begin(), delay.end()));
  }

  void finish_report(u32 index, u64 first, LayerReport& report) {
    const QuantisedLayer& run = out_.layers[index];
    report.name = run.name;
    report.type = layer_of(index).neurons->type;
    report.neurons = run.size;
    report.synapses = out_.source.size() - first;
    report.scale = report.smallest_scale = report.largest_scale = 1;
    report.clipping = "none";
    double worst = 0;
    for (u64 i = run.first; i < run.first + run.size; ++i) {
      double positive = 0;
      double negative = 0;
      for (u64 s = out_.synapse_begin[i]; s < out_.synapse_begin[i + 1]; ++s) {
        const double value = values_[s - first];
        (value > 0 ? positive : negative) += std::abs(value);
      }
      worst = std::max({worst, positive, negative});
    }
    report.input_margin =
        worst == 0 ? std::numeric_limits<double>::infinity() : largest_input_ / worst;
    if (report.input_margin < 1) {
      out_.report.notes.push_back(run.name +
                                  ": if all its inputs spike in one tick, their sum is "
                                  "beyond 16 bits and wraps around, as on Loihi");
    }
    out_.report.layers.push_back(std::move(report));
  }

  void list_output() {
    const QuantisedLayer& last = out_.layers.back();
    const NetxLayer& layer = network_.layers[last.node];
    QuantisedOutput output;
    output.layer = {.node = static_cast<u32>(network_.layers.size() - 1),
                    .name = "output",
                    .shape = network_.layers.back().shape,
                    .size = last.size};
    for (u64 i = 0; i < last.size; ++i) {
      output.terms.push_back({.neuron = static_cast<u32>(last.first + i),
                              .delay = static_cast<u32>(value_of(layer.delay, layer, i, 0))});
      output.term_begin.push_back(output.terms.size());
    }
    output.constant.assign(last.size, 0);
    out_.outputs.push_back(std::move(output));
  }

  const NetxNetwork& network_;
  const std::unique_ptr<ChipNeurons> model_;
  const ModelOutline outline_;
  const double largest_input_;
  Problems problems_;
  std::vector<i32> values_;  // [synapse of the layer at hand]
  QuantisedNetwork out_;
};

}  // namespace

// A network that begins with a dense layer says as well what it reads.
Shape netx_input_shape(const NetxNetwork& network) {
  const NetxLayer& first = network.layers.at(0);
  if (first.type == NetxType::input) return first.shape;
  if (first.type == NetxType::dense || first.type == NetxType::recurrent_dense) {
    return {first.weight_shape[1]};
  }
  throw InputError(first.place + "/type",
                   "is " + std::string(name_of(first.type)) + ", which does not say what it reads",
                   "the first layer of a network must be an input or dense");
}

std::vector<std::string> netx_population_names(const NetxNetwork& network) {
  std::vector<std::string> names;
  for (u32 i = 0; i < network.layers.size(); ++i) {
    if (network.layers[i].neurons) names.push_back(name_of_layer(network, i));
  }
  return names;
}

QuantisedNetwork quantised_netx(const NetxNetwork& network, const Chip& chip) {
  return NetxQuantiser(network, chip).run();
}

}  // namespace spikefab
