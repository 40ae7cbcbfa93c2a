#include "cli/network_outcome.h"

#include <algorithm>
#include <bit>

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/tick_loop.h"
#include "mapper/float_simulation.h"

namespace spikefab::cli {
namespace {

constexpr u64 recordings_per_load = 64;

std::vector<u32> spiking_populations(const Network& network) {
  std::vector<u32> nodes = network.populations();
  std::erase_if(nodes, [&](u32 node) { return !spikes(network.nodes[node].as<Neurons>()->type); });
  return nodes;
}

// Sums what the output lines, potentials and spikes of a batch of replicas show, each in the ticks
// that belong to the steps of its recording.
class Readout {
 public:
  Readout(const std::vector<std::string>& populations, const MappedNetwork& mapped,
          const std::vector<u64>& steps)
      : program_(mapped.program), steps_(steps), core_at_(program_.core_at_position()) {
    u32 element = 0;
    for (const MappedOutput& output : mapped.outputs) {
      for (u64 e = 0; e + 1 < output.term_begin.size(); ++e, ++element) {
        for (u64 i = output.term_begin[e]; i < output.term_begin[e + 1]; ++i) {
          add_term(output.terms[i], element);
        }
        constant_.push_back(output.constant[e]);
      }
    }
    find_layers(populations, mapped);
    outcomes_.resize(steps.size());
    for (std::size_t r = 0; r < steps.size(); ++r) {
      for (const double constant : constant_) {
        outcomes_[r].output.push_back(constant * static_cast<double>(steps[r]));
      }
      outcomes_[r].spikes.assign(populations.size(), 0);
    }
  }

  bool needs_potentials() const { return !potential_terms_.empty(); }

  void add(const Chunk& chunk) {
    add_outputs(chunk);
    for (const sim::Potential& p : chunk.recording.potentials) add_potential(p);
    for (const sim::Spike& spike : chunk.recording.spikes) add_spike(spike);
  }

  std::vector<NetworkOutcome> take() { return std::move(outcomes_); }

 private:
  struct Term {
    u32 element;
    double weight;
    u32 latency;
  };

  u64 neuron_at(u32 position, u32 neuron) const {
    return program_.neuron_begin[core_at_[position]] + neuron;
  }

  void add_term(const MappedTerm& term, u32 element) {
    const Term read = {element, term.weight, term.latency};
    if (term.line != output_bus) {
      line_terms_.resize(program_.output_lines);
      line_terms_[term.line].push_back(read);
    } else {
      potential_terms_.resize(program_.neurons());
      potential_terms_[neuron_at(term.position, term.neuron)].push_back(read);
    }
  }

  void find_layers(const std::vector<std::string>& names, const MappedNetwork& mapped) {
    layer_of_.assign(program_.neurons(), {0, 0});
    for (const MappedLayer& layer : mapped.layers) {
      const auto found = std::find(names.begin(), names.end(), layer.name);
      const auto index = static_cast<u32>(found - names.begin());  // of a layer without spikes: end
      for (std::size_t n = 0; n < layer.position.size(); ++n) {
        layer_of_[neuron_at(layer.position[n], layer.neuron[n])] = {index, layer.level};
      }
    }
  }

  bool is_in_window(u32 replica, u64 tick, u32 latency) const {
    return tick >= latency && tick < latency + steps_[replica];
  }

  void add_terms(const std::vector<Term>& terms, u32 replica, u64 tick, double value) {
    for (const Term& term : terms) {
      if (!is_in_window(replica, tick, term.latency)) continue;
      outcomes_[replica].output[term.element] += term.weight * value;
    }
  }

  void add_outputs(const Chunk& chunk) {
    const u32 words = program_.output_words();
    for (u64 i = 0; i < chunk.recording.outputs.size(); ++i) {
      const u64 row = i / words;
      const u64 tick = chunk.first_tick + row / steps_.size();
      const auto replica = static_cast<u32>(row % steps_.size());
      for (u64 bits = chunk.recording.outputs[i]; bits != 0; bits &= bits - 1) {
        const u64 line = i % words * word_bits + static_cast<u64>(std::countr_zero(bits));
        add_terms(line_terms_[line], replica, tick, 1);
      }
    }
  }

  void add_potential(const sim::Potential& potential) {
    const std::vector<Term>& terms =
        potential_terms_[neuron_at(potential.position, potential.neuron)];
    add_terms(terms, potential.replica, potential.tick, potential.value);
  }

  void add_spike(const sim::Spike& spike) {
    const auto [layer, level] = layer_of_[neuron_at(spike.position, spike.neuron)];
    std::vector<double>& spikes = outcomes_[spike.replica].spikes;
    if (layer < spikes.size() && is_in_window(spike.replica, spike.tick, level)) {
      spikes[layer] += spike.payload;
    }
  }

  struct LayerOfNeuron {
    u32 layer;
    u32 level;
  };

  const Program& program_;
  std::vector<u64> steps_;  // [replica]
  std::vector<u32> core_at_;
  std::vector<std::vector<Term>> line_terms_;
  std::vector<std::vector<Term>> potential_terms_;  // [neuron], or empty: none anywhere
  std::vector<double> constant_;
  std::vector<LayerOfNeuron> layer_of_;  // [neuron]
  std::vector<NetworkOutcome> outcomes_;
};

Stimulus stimulus_of(const MappedNetwork& mapped, const EventFrames& frames) {
  StepStimulus stimulus(mapped);
  for (u64 step = 0; step < frames.ticks; ++step) {
    stimulus.begin_step();
    for (const EventCount& event : frames.tick(step)) stimulus.add(0, event.index, event.count);
  }
  return stimulus.build();
}

}  // namespace

std::vector<std::string> population_names(const Network& network) {
  std::vector<std::string> names;
  for (const u32 node : spiking_populations(network)) names.push_back(network.nodes[node].name);
  return names;
}

u32 decision(const NetworkOutcome& outcome) {
  const auto largest = std::max_element(outcome.output.begin(), outcome.output.end());
  return static_cast<u32>(largest - outcome.output.begin());
}

NetworkOutcome run_in_float(const Network& network, const Semantics& semantics,
                            const ShownRecording& recording) {
  FloatSimulation simulation(network, semantics);
  std::vector<InputElement> elements;
  for (u64 step = 0; step < recording.frames.ticks; ++step) {
    elements.clear();
    for (const EventCount& event : recording.frames.tick(step)) {
      elements.push_back({event.index, static_cast<float>(event.count)});
    }
    simulation.set_input(network.inputs()[0], elements);
    simulation.step();
  }
  NetworkOutcome outcome;
  for (const u32 node : network.outputs()) {
    const auto counts = simulation.counts(node);
    outcome.output.insert(outcome.output.end(), counts.begin(), counts.end());
  }
  for (const u32 node : spiking_populations(network)) {
    outcome.spikes.push_back(simulation.total(node));
  }
  return outcome;
}

std::vector<u64> run_on_chip(
    sim::Engine& engine, const std::vector<std::string>& populations, const MappedNetwork& mapped,
    const RecordingSource& recordings,
    const std::function<void(const ShownRecording&, NetworkOutcome)>& on_outcome) {
  std::vector<u64> counts(sim::count_kinds, 0);
  Progress progress("recordings", recordings.count);
  for (u64 first = 0; first < recordings.count && pending_signal() == 0;
       first += recordings_per_load) {
    std::vector<ShownRecording> shown;
    std::vector<Stimulus> stimuli;
    std::vector<u64> steps;
    for (u64 i = first; i < std::min(first + recordings_per_load, recordings.count); ++i) {
      shown.push_back(recordings.load(i));
      stimuli.push_back(stimulus_of(mapped, shown.back().frames));
      steps.push_back(shown.back().frames.ticks);
    }
    const Stimulus stimulus = batch(stimuli);
    engine.load(mapped.program, stimulus);
    Readout readout(populations, mapped, steps);
    TickLoop loop = {
        .plan = {.outputs = true, .digests = false, .spikes = sim::Selection{}, .potentials = {}},
        .end_tick = stimulus.ticks,
        .progress = TickLoop::left_to_caller};
    if (readout.needs_potentials()) loop.plan.potentials = sim::Selection{};
    const u64 ticks = run_ticks(engine, mapped.program, stimulus.replicas, loop,
                                [&](const Chunk& chunk) { readout.add(chunk); });
    if (ticks < stimulus.ticks) break;
    const sim::State state = engine.state();
    for (u64 i = 0; i < state.counts.size(); ++i) counts[i % sim::count_kinds] += state.counts[i];
    std::vector<NetworkOutcome> outcomes = readout.take();
    for (std::size_t r = 0; r < shown.size(); ++r) on_outcome(shown[r], std::move(outcomes[r]));
    progress.update(first + shown.size());
  }
  return counts;
}

}  // namespace spikefab::cli
