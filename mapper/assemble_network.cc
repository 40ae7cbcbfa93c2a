#include "mapper/assemble_network.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/memory.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

// A source on a core, with its synapses there.
struct Axon {
  u32 source = 0;
  u32 core = 0;
  u32 number = 0;  // on the core
};

class Assembler {
 public:
  Assembler(const QuantisedNetwork& network, const Placement& placement)
      : network_(network), placement_(placement) {}

  MappedNetwork assemble() {
    check_size();
    place_cores();
    place_neurons();
    write_neurons();
    write_synapses();
    write_targets();
    list_inputs();
    list_outputs();
    list_layers();
    list_cores();
    check_program(program(), network_.path);
    return std::move(out_);
  }

 private:
  Program& program() { return out_.program; }

  void check_size() const {
    const u64 synapses = network_.source.size();
    if (synapses >= std::numeric_limits<u32>::max()) {
      throw FitError(network_.path + ": " + std::to_string(synapses) +
                     " synapses; a program has up to 2^32");
    }
    constexpr u64 synapse_bytes = sizeof(u32);
    constexpr u64 axon_bytes = sizeof(Axon) + 3 * sizeof(u32);  // at most one per synapse
    check_available_memory(checked_product({synapses, synapse_bytes + axon_bytes}),
                           network_.path + ": its program");
  }

  void place_cores() {
    program().chip = network_.chip;
    const std::vector<u32> on_bus = neurons_on_the_bus(network_);
    const u32 places = network_.chip.mesh.size();
    const u64 cores = placement_.cores.size();
    if (cores + (on_bus.empty() ? 0 : 1) > places) {
      throw FitError(network_.path + ": needs " + std::to_string(cores) +
                     " cores and, with outputs, a place for the output bus; chip '" +
                     printable(network_.chip.name) + "' has " + std::to_string(places) + " places");
    }
    program().output_lines = static_cast<u32>(on_bus.size());
    program().output_position = on_bus.empty() ? 0 : places - 1;
    line_.assign(network_.neurons, output_bus);
    for (u32 i = 0; i < on_bus.size(); ++i) line_[on_bus[i]] = i;
    for (const PlannedCore& core : placement_.cores) program().position.push_back(core.position);
  }

  void place_neurons() {
    core_.assign(network_.neurons, output_bus);
    index_.assign(network_.neurons, 0);
    program().neuron_begin = {0};
    u32 longest_delay = 0;
    for (u32 c = 0; c < placement_.cores.size(); ++c) {
      const std::vector<u32>& neurons = placement_.cores[c].neurons;
      for (u32 i = 0; i < neurons.size(); ++i) {
        SPIKEFAB_ASSERT(core_[neurons[i]] == output_bus);
        core_[neurons[i]] = c;
        index_[neurons[i]] = i;
      }
      program().neuron_begin.push_back(program().neuron_begin.back() + neurons.size());
      longest_delay = std::max(longest_delay, placement_.cores[c].use.longest_delay);
    }
    SPIKEFAB_ASSERT(program().neurons() == network_.neurons);
    program().slots = longest_delay + 2;
  }

  u64 place_of(u32 neuron) const {
    return out_.program.neuron_begin[core_[neuron]] + index_[neuron];
  }

  void write_neurons() {
    const u64 n = network_.neurons;
    const auto move = [&](const std::vector<i32>& from, std::vector<i32>& to) {
      to.resize(from.size());
      for (u64 begin = 0; begin < from.size(); begin += n) {
        for (u32 i = 0; i < n; ++i) to[begin + place_of(i)] = from[begin + i];
      }
    };
    move(network_.neuron_param, program().neuron_param);
    move(network_.neuron_state, program().neuron_state);
  }

  // Core by core: its axons in the order of sources, of each the synapses in the order of neurons.
  void write_synapses() {
    SynapticMemory& memory = program().memory.edit();
    memory.synapse.reserve(network_.source.size());
    std::vector<u32> count(network_.sources());  // of synapses on the core; then where the next is
    for (u32 c = 0; c < placement_.cores.size(); ++c) {
      const std::vector<u32>& neurons = placement_.cores[c].neurons;
      const std::vector<u32> sources = count_sources(neurons, count);
      const std::size_t first_axon = axons_.size();
      u32 next = static_cast<u32>(memory.synapse.size());
      for (const u32 source : sources) {
        axons_.push_back({source, c, static_cast<u32>(axons_.size() - first_axon)});
        next += count[source];
        memory.row_begin.push_back(next);
        count[source] = next - count[source];
      }
      memory.axon_begin.push_back(axons_.size());
      memory.synapse.resize(next);
      for (u32 i = 0; i < neurons.size(); ++i) add_synapses(neurons[i], i, count, memory.synapse);
      for (const u32 source : sources) count[source] = 0;
    }
  }

  std::vector<u32> count_sources(const std::vector<u32>& neurons, std::vector<u32>& count) const {
    std::vector<u32> sources;
    for (const u32 neuron : neurons) {
      for (u64 s = network_.synapse_begin[neuron]; s < network_.synapse_begin[neuron + 1]; ++s) {
        if (count[network_.source[s]]++ == 0) sources.push_back(network_.source[s]);
      }
    }
    std::sort(sources.begin(), sources.end());
    return sources;
  }

  void add_synapses(u32 neuron, u32 index, std::vector<u32>& next,
                    std::vector<u32>& synapse) const {
    const u32 layer = network_.layer_of_neuron(neuron);
    const u32 inputs = inputs_;
    for (u64 s = network_.synapse_begin[neuron]; s < network_.synapse_begin[neuron + 1]; ++s) {
      const u32 source = network_.source[s];
      const WeightFormat& format = network_.format(network_.layer_of_source(source), layer);
      synapse[next[source]++] = packed({.accumulator = index * inputs,
                                        .delay = network_.delay[s],
                                        .mantissa = network_.mantissa[s],
                                        .exponent = format.exponent});
    }
  }

  // Each neuron's axons by core, then its line of the bus.
  void write_targets() {
    SynapticMemory& memory = program().memory.edit();
    std::vector<u64>& begin = memory.target_begin;
    begin.assign(network_.neurons + 1, 0);
    const auto neuron_of = [&](const Axon& axon) {
      return static_cast<u32>(axon.source - network_.input_elements);
    };
    const auto for_each_of_neurons = [&](const auto& visit) {
      for (const Axon& axon : axons_) {
        if (axon.source >= network_.input_elements) visit(axon);
      }
    };
    for_each_of_neurons([&](const Axon& axon) { ++begin[place_of(neuron_of(axon)) + 1]; });
    for (u32 n = 0; n < network_.neurons; ++n) begin[place_of(n) + 1] += line_[n] != output_bus;
    for (u64 i = 0; i < network_.neurons; ++i) begin[i + 1] += begin[i];
    memory.target_core.resize(begin.back());
    memory.target_axon.resize(begin.back());
    std::vector<u64> next(begin.begin(), begin.end() - 1);
    const auto add = [&](u64 place, u32 core, u32 axon) {
      memory.target_core[next[place]] = core;
      memory.target_axon[next[place]++] = axon;
    };
    for_each_of_neurons(
        [&](const Axon& axon) { add(place_of(neuron_of(axon)), axon.core, axon.number); });
    for (u32 n = 0; n < network_.neurons; ++n) {
      if (line_[n] != output_bus) add(place_of(n), output_bus, line_[n]);
    }
  }

  void list_inputs() {
    std::vector<std::vector<StimulusEvent>> targets(network_.input_elements);
    for (const Axon& axon : axons_) {
      if (axon.source >= network_.input_elements) continue;
      if (axon.number > std::numeric_limits<u16>::max()) {
        throw FitError(network_.path + ": core " + std::to_string(axon.core) + " has " +
                       std::to_string(axon.number + 1) +
                       " axons for inputs or more; a stimulus can name 65536");
      }
      targets[axon.source].push_back(
          {.position = program().position[axon.core], .axon = static_cast<u16>(axon.number)});
    }
    for (const QuantisedLayer& layer : network_.inputs) {
      MappedInput input;
      input.name = layer.name;
      input.shape = layer.shape;
      for (u64 i = layer.first; i < layer.first + layer.size; ++i) {
        input.targets.insert(input.targets.end(), targets[i].begin(), targets[i].end());
        input.target_begin.push_back(input.targets.size());
      }
      out_.inputs.push_back(std::move(input));
    }
  }

  // What a neuron did in tick t shows on the bus in tick t + 1, and in its potential at the end of
  // tick t. An Output that reads it late shows in a step what was done in an earlier one.
  MappedTerm mapped(const QuantisedTerm& term) const {
    const i64 level = network_.layers[network_.layer_of_neuron(term.neuron)].level;
    return {.line = term.is_potential ? output_bus : line_[term.neuron],
            .position = out_.program.position[core_[term.neuron]],
            .neuron = index_[term.neuron],
            .weight = term.weight,
            .latency = level + (term.is_potential ? 0 : 1) - i64{term.delay}};
  }

  void list_outputs() {
    for (const QuantisedOutput& from : network_.outputs) {
      MappedOutput output;
      output.name = from.layer.name;
      output.shape = from.layer.shape;
      output.term_begin = from.term_begin;
      output.constant = from.constant;
      for (const QuantisedTerm& term : from.terms) {
        output.terms.push_back(mapped(term));
        out_.latency = static_cast<u32>(std::max(i64{out_.latency}, output.terms.back().latency));
      }
      out_.outputs.push_back(std::move(output));
    }
  }

  void list_layers() {
    for (const QuantisedLayer& layer : network_.layers) {
      MappedLayer mapped;
      mapped.name = layer.name;
      mapped.shape = layer.shape;
      mapped.level = layer.level;
      for (u64 n = layer.first; n < layer.first + layer.size; ++n) {
        mapped.position.push_back(program().position[core_[n]]);
        mapped.neuron.push_back(index_[n]);
      }
      out_.latency = std::max(out_.latency, layer.level);
      out_.layers.push_back(std::move(mapped));
    }
  }

  void list_cores() {
    for (u32 c = 0; c < placement_.cores.size(); ++c) {
      MappedCore core;
      core.position = program().position[c];
      core.use = placement_.cores[c].use;
      for (const u32 neuron : placement_.cores[c].neurons) {
        const std::string& name = network_.layers[network_.layer_of_neuron(neuron)].name;
        if (std::find(core.layers.begin(), core.layers.end(), name) == core.layers.end()) {
          core.layers.push_back(name);
        }
      }
      out_.cores.push_back(std::move(core));
    }
  }

  const QuantisedNetwork& network_;
  const Placement& placement_;
  const u32 inputs_ = model_outline(network_.chip).inputs;
  std::vector<u32> line_;    // [neuron] of the output bus, or none
  std::vector<u32> core_;    // [neuron]
  std::vector<u32> index_;   // [neuron] on its core
  std::vector<Axon> axons_;  // by core, then source
  MappedNetwork out_;
};

}  // namespace

MappedNetwork assemble(const QuantisedNetwork& network, const Placement& placement) {
  return Assembler(network, placement).assemble();
}

StepStimulus::StepStimulus(const MappedNetwork& network) : network_(network) {
  stimulus_.mesh_width = network.program.chip.mesh.width;
  stimulus_.begin = {};
}

void StepStimulus::begin_step() {
  stimulus_.begin.push_back(stimulus_.events.size());
  ++stimulus_.ticks;
}

void StepStimulus::add(u32 input, u32 element, u32 count) {
  SPIKEFAB_ASSERT(stimulus_.ticks > 0);
  const MappedInput& to = network_.inputs.at(input);
  if (count == 0) return;
  SPIKEFAB_ASSERT(count <= static_cast<u32>(std::numeric_limits<i32>::max()));
  all_single_ = all_single_ && count == 1;
  for (u64 i = to.target_begin.at(element); i < to.target_begin.at(element + 1); ++i) {
    stimulus_.events.push_back(to.targets[i]);
    stimulus_.payload.push_back(static_cast<i32>(count));
  }
}

Stimulus StepStimulus::build() {
  for (u32 t = 0; t < network_.latency; ++t) begin_step();
  stimulus_.begin.push_back(stimulus_.events.size());
  if (all_single_) stimulus_.payload.clear();
  return std::move(stimulus_);
}

}  // namespace spikefab
