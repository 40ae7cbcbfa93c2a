#include "cli/network_outcome.h"

#include <algorithm>

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

// Sums what spikes and potentials of a batch of replicas give to the outputs, each in the ticks
// that belong to the steps of its recording. Spikes are taken from their neurons, not from the
// lines of the output bus, which do not show how many there are in a tick.
class Readout {
 public:
  Readout(const std::vector<std::string>& populations, const MappedNetwork& mapped,
          const std::vector<u64>& steps)
      : program_(mapped.program),
        steps_(steps),
        core_at_(program_.core_at_position()),
        spike_terms_(program_.neurons()),
        potential_terms_(program_.neurons()) {
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

  bool needs_potentials() const { return needs_potentials_; }

  void add(const Chunk& chunk) {
    for (const sim::Potential& p : chunk.recording.potentials) {
      add_terms(potential_terms_[neuron_at(p.position, p.neuron)], p.replica, p.tick, p.value);
    }
    for (const sim::Spike& spike : chunk.recording.spikes) add_spike(spike);
  }

  std::vector<NetworkOutcome> take() { return std::move(outcomes_); }

 private:
  struct Term {
    u32 element;
    double weight;
    i64 latency;
  };

  u64 neuron_at(u32 position, u32 neuron) const {
    return program_.neuron_begin[core_at_[position]] + neuron;
  }

  // A spike is made in the tick before the bus shows it.
  void add_term(const MappedTerm& term, u32 element) {
    const u64 neuron = neuron_at(term.position, term.neuron);
    if (term.line != output_bus) {
      spike_terms_[neuron].push_back({element, term.weight, i64{term.latency} - 1});
    } else {
      potential_terms_[neuron].push_back({element, term.weight, term.latency});
      needs_potentials_ = true;
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

  bool is_in_window(u32 replica, u64 tick, i64 latency) const {
    const i64 step = static_cast<i64>(tick) - latency;
    return step >= 0 && step < static_cast<i64>(steps_[replica]);
  }

  void add_terms(const std::vector<Term>& terms, u32 replica, u64 tick, double value) {
    for (const Term& term : terms) {
      if (!is_in_window(replica, tick, term.latency)) continue;
      outcomes_[replica].output[term.element] += term.weight * value;
    }
  }

  void add_spike(const sim::Spike& spike) {
    const u64 neuron = neuron_at(spike.position, spike.neuron);
    add_terms(spike_terms_[neuron], spike.replica, spike.tick, spike.payload);
    const auto [layer, level] = layer_of_[neuron];
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
  std::vector<std::vector<Term>> spike_terms_;      // [neuron]
  std::vector<std::vector<Term>> potential_terms_;  // [neuron]
  bool needs_potentials_ = false;
  std::vector<double> constant_;
  std::vector<LayerOfNeuron> layer_of_;  // [neuron]
  std::vector<NetworkOutcome> outcomes_;
};

// Recordings that are shown together, a replica each.
struct Load {
  std::vector<ShownRecording> shown;
  std::vector<Stimulus> stimuli;
  std::vector<u64> steps;
};

Stimulus stimulus_of(const MappedNetwork& mapped, const EventFrames& frames) {
  StepStimulus stimulus(mapped);
  for (u64 step = 0; step < frames.ticks; ++step) {
    stimulus.begin_step();
    for (const EventCount& event : frames.tick(step)) stimulus.add(0, event.index, event.count);
  }
  return stimulus.build();
}

// The next recordings, as many as are shown at once and take no more memory than that.
Load next_load(const MappedNetwork& mapped, const RecordingSource& recordings, u64 first) {
  constexpr u64 most_bytes = u64{256} << 20;
  Load load;
  u64 bytes = 0;
  for (u64 i = first; i < recordings.count && load.shown.size() < recordings_per_load; ++i) {
    if (bytes >= most_bytes || pending_signal() != 0) break;
    load.shown.push_back(recordings.load(i));
    load.stimuli.push_back(stimulus_of(mapped, load.shown.back().frames));
    load.steps.push_back(load.shown.back().frames.ticks);
    bytes += load.stimuli.back().events.size() * sizeof(StimulusEvent);
  }
  return load;
}

}  // namespace

std::vector<std::string> population_names(const Network& network) {
  std::vector<std::string> names;
  for (const u32 node : spiking_populations(network)) names.push_back(network.nodes[node].name);
  return names;
}

std::optional<u32> answer(const NetworkOutcome& outcome) {
  const auto [least, largest] = std::minmax_element(outcome.output.begin(), outcome.output.end());
  if (outcome.output.size() > 1 && *least == *largest) return {};
  return static_cast<u32>(std::max_element(outcome.output.begin(), outcome.output.end()) -
                          outcome.output.begin());
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
  for (u64 first = 0; first < recordings.count;) {
    const Load load = next_load(mapped, recordings, first);
    if (pending_signal() != 0) break;
    const Stimulus stimulus = batch(load.stimuli);
    engine.load(mapped.program, stimulus);
    Readout readout(populations, mapped, load.steps);
    TickLoop loop = {
        .plan = {.outputs = false, .digests = false, .spikes = sim::Selection{}, .potentials = {}},
        .end_tick = stimulus.ticks,
        .progress = TickLoop::left_to_caller};
    if (readout.needs_potentials()) loop.plan.potentials = sim::Selection{};
    const u64 ticks = run_ticks(engine, mapped.program, stimulus.replicas, loop,
                                [&](const Chunk& chunk) { readout.add(chunk); });
    if (ticks < stimulus.ticks) break;
    const sim::State state = engine.state();
    for (u64 i = 0; i < state.counts.size(); ++i) counts[i % sim::count_kinds] += state.counts[i];
    std::vector<NetworkOutcome> outcomes = readout.take();
    for (std::size_t r = 0; r < load.shown.size(); ++r) {
      on_outcome(load.shown[r], std::move(outcomes[r]));
    }
    first += load.shown.size();
    progress.update(first);
  }
  return counts;
}

Stimulus stimulus_of_all(const MappedNetwork& mapped, const RecordingSource& recordings) {
  const Load load = next_load(mapped, recordings, 0);
  if (load.shown.size() < recordings.count && pending_signal() == 0) {
    throw UsageError("--stimulus-out: only the first " + std::to_string(load.shown.size()) +
                         " recordings fit one stimulus",
                     "--max-recordings " + std::to_string(load.shown.size()));
  }
  return batch(load.stimuli);
}

}  // namespace spikefab::cli
