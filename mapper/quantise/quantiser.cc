#include "mapper/quantise/quantiser.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "mapper/quantise/layer.h"
#include "mapper/quantise/trial.h"

namespace spikefab {
namespace {

void check_options(const QuantiserOptions& o, const Chip& chip) {
  if (o.weight_bits < 1 || o.weight_bits > 9) {
    throw UsageError("weight_bits = " + std::to_string(o.weight_bits), "must be 1..9");
  }
  if (o.weight_bits == 9 && chip.limits.storage != SynapseStorage::packed) {
    throw UsageError("weight_bits = 9 needs a chip with storage: packed",
                     "chip '" + printable(chip.name) + "' stores weights of up to 8 bits");
  }
  if (o.clip_percentile != 0 && !(o.clip_percentile >= 50 && o.clip_percentile <= 100)) {
    throw UsageError("clip_percentile = " + std::to_string(o.clip_percentile),
                     "must be 50..100, or 0 for the best of several");
  }
  if (!(o.activity > 0 && o.activity <= 1)) {
    throw UsageError("activity = " + std::to_string(o.activity), "must be above 0, and at most 1");
  }
  if (o.input_count < 1) throw UsageError("input_count = 0", "must be at least 1");
}

ScalePer scale_per(const QuantiserOptions& options, const Chip& chip) {
  if (options.scale != ScalePer::automatic) return options.scale;
  return chip.limits.threshold_profiles == 0 ? ScalePer::neuron : ScalePer::layer;
}

u32 layer_at(const std::vector<QuantisedLayer>& layers, u64 index) {
  const auto after =
      std::upper_bound(layers.begin(), layers.end(), index,
                       [](u64 i, const QuantisedLayer& layer) { return i < layer.first; });
  return static_cast<u32>(after - layers.begin() - 1);
}

class Quantiser {
 public:
  Quantiser(const Network& network, const Semantics& semantics, const Chip& chip,
            const QuantiserOptions& options)
      : network_(network),
        semantics_(semantics),
        options_(options),
        model_(chip_neurons(chip)),
        range_(model_->range(chip)) {
    out_.path = network.path;
    out_.chip = chip;
  }

  QuantisedNetwork run() {
    check_room();
    connections_ = expand_connections(network_, semantics_, out_.chip);
    take_layers();
    note_arithmetic();
    make_drives();
    choose_scales();
    if (options_.calibration.empty()) {
      write_layers();
    } else {
      choose_by_spikes();
    }
    set_output_weights();
    return std::move(out_);
  }

 private:
  // Before time and memory are taken for what cannot fit.
  void check_room() const {
    const Chip& chip = out_.chip;
    const u64 neurons = network_.neuron_count();
    const u64 room = checked_product({chip.mesh.size(), chip.neurons});
    if (neurons > room) {
      throw FitError(out_.path + ": has " + std::to_string(neurons) + " neurons; chip '" +
                     printable(chip.name) + "' has room for " + std::to_string(room) +
                     " (a mesh of " + std::to_string(chip.mesh.width) + " x " +
                     std::to_string(chip.mesh.height) + ", " + std::to_string(chip.neurons) +
                     " per core); a larger mesh, or a chip with larger cores, has room");
    }
    u64 elements = 0;
    for (const u32 node : network_.inputs()) elements += network_.nodes[node].outputs();
    constexpr u64 element_bytes = 64;  // with the lists of its axons, in assemble()
    check_available_memory(checked_product({elements, element_bytes}),
                           out_.path + ": the list of its inputs");
  }

  void take_layers() {
    out_.inputs = connections_.inputs;
    out_.layers = connections_.layers;
    out_.outputs = connections_.outputs;
    out_.input_elements = connections_.input_elements;
    out_.neurons = connections_.neurons;
    out_.report.notes = connections_.notes;
    out_.formats.resize(u64{out_.source_layers()} * out_.layers.size());
  }

  void note_arithmetic() {
    if (semantics_.arithmetic == Arithmetic::float32) return;
    out_.report.notes.push_back(
        "the integer arithmetic of the semantics is not the chip's: weights are scaled for the "
        "chip "
        "as from float32");
  }

  void make_drives() {
    Problems problems;
    for (const QuantisedLayer& layer : out_.layers) {
      drives_.push_back(make_layer_drive(network_, semantics_, *model_, range_, connections_, layer,
                                         problems, out_.report.notes));
    }
    problems.throw_if_any();
  }

  void choose_scales() {
    Problems problems;
    const bool per_neuron = scale_per(options_, out_.chip) == ScalePer::neuron;
    for (u32 l = 0; l < out_.layers.size(); ++l) {
      layers_.emplace_back(out_, l, drives_[l], range_, options_, connections_);
      LayerQuantiser& layer = layers_.back();
      scales_.push_back(layer.scales(per_neuron));
      if (scales_.back().empty()) layer.explain_no_scale(place(l), problems);
    }
    problems.throw_if_any();
    choice_.assign(out_.layers.size(), 0);
    notes_ = out_.report.notes;
  }

  std::string place(u32 layer) const {
    const Node& node = network_.nodes[out_.layers[layer].node];
    return node.place.empty() ? network_.path + ": node '" + printable(node.name) + "'"
                              : node.place;
  }

  // Layer by layer, the scale with which all layers together are nearest to the float simulation.
  void choose_by_spikes() {
    const std::vector<double> wanted =
        count_float_spikes(network_, semantics_, out_.layers, options_.calibration);
    write_layers();
    double least = measure_spikes(wanted);
    for (u32 l = 0; l < out_.layers.size(); ++l) {
      u32 best = 0;
      for (u32 k = 1; k < scales_[l].size(); ++k) {
        choice_[l] = k;
        const double with_other = try_choice(wanted);
        if (with_other >= least) continue;
        least = with_other;
        best = k;
      }
      choice_[l] = best;
    }
    write_layers();
    measure_spikes(wanted);
  }

  double try_choice(const std::vector<double>& wanted) {
    try {
      write_layers();
    } catch (const InputError&) {  // weights that would all be rounded to 0
      return std::numeric_limits<double>::infinity();
    }
    return measure_spikes(wanted);
  }

  // The sum of the layers' errors.
  double measure_spikes(const std::vector<double>& wanted) {
    const std::vector<double> have = count_chip_spikes(out_, options_.calibration);
    double sum = 0;
    for (u32 l = 0; l < have.size(); ++l) {
      if (!drives_[l].rules.spikes()) continue;
      out_.report.layers[l].spike_error = spike_error(have[l], wanted[l]);
      sum += *out_.report.layers[l].spike_error;
    }
    return sum;
  }

  const LayerScale& scale(u32 layer) const { return scales_[layer][choice_[layer]]; }

  // With the scales that are chosen; again for others.
  void write_layers() {
    Problems problems;
    out_.synapse_begin = {0};
    out_.source.clear();
    out_.source.reserve(connections_.source.size());
    out_.mantissa.reserve(connections_.source.size());
    out_.delay.reserve(connections_.source.size());
    out_.mantissa.clear();
    out_.delay.clear();
    out_.report.layers.clear();
    out_.report.notes = notes_;
    const ModelOutline outline = model_outline(out_.chip);
    out_.neuron_param.resize(outline.params.size() * out_.neurons);
    out_.neuron_state.resize(outline.state_words * out_.neurons);
    for (u32 l = 0; l < out_.layers.size(); ++l) {
      out_.report.layers.push_back(layers_[l].write(scale(l), *model_, place(l), problems));
    }
    problems.throw_if_any();
  }

  // A potential of the chip becomes one of the network.
  void set_output_weights() {
    for (QuantisedOutput& output : out_.outputs) {
      for (QuantisedTerm& term : output.terms) {
        if (!term.is_potential) continue;
        const u32 l = out_.layer_of_neuron(term.neuron);
        const u64 i = term.neuron - out_.layers[l].first;
        term.weight /= layers_[l].units_per_potential(scale(l), i);
      }
    }
  }

  const Network& network_;
  const Semantics& semantics_;
  const QuantiserOptions& options_;
  const std::unique_ptr<ChipNeurons> model_;
  const ChipNeuronRange range_;
  ChipConnections connections_;
  QuantisedNetwork out_;
  std::vector<LayerDrive> drives_;
  std::vector<LayerQuantiser> layers_;
  std::vector<std::vector<LayerScale>> scales_;  // [layer] the best first
  std::vector<u32> choice_;                      // [layer] of its scales
  std::vector<std::string> notes_;               // that all choices have
};

}  // namespace

u32 QuantisedNetwork::layer_of_source(u64 source_index) const {
  if (source_index < input_elements) return layer_at(inputs, source_index);
  return static_cast<u32>(inputs.size()) + layer_of_neuron(source_index - input_elements);
}

u32 QuantisedNetwork::layer_of_neuron(u64 neuron) const { return layer_at(layers, neuron); }

QuantisedNetwork quantise(const Network& network, const Semantics& semantics, const Chip& chip,
                          const QuantiserOptions& options) {
  check_options(options, chip);
  return Quantiser(network, semantics, chip, options).run();
}

}  // namespace spikefab
