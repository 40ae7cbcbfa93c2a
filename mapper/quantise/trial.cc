#include "mapper/quantise/trial.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "mapper/float_simulation.h"
#include "mapper/quantise/quantised_simulation.h"

namespace spikefab {
namespace {

void check_runs(const Network& network, const std::vector<CalibrationRun>& runs) {
  const std::vector<u32> inputs = network.inputs();
  for (const CalibrationRun& run : runs) {
    for (const auto& step : run.steps) {
      for (const CalibrationRun::Event& event : step) {
        if (event.input < inputs.size() &&
            event.index < network.nodes[inputs[event.input]].outputs()) {
          continue;
        }
        throw InputError(network.path, "a calibration run has an event for element " +
                                           std::to_string(event.index) + " of input " +
                                           std::to_string(event.input) + ", which does not exist");
      }
    }
  }
}

}  // namespace

std::vector<double> count_float_spikes(const Network& network, const Semantics& semantics,
                                       const std::vector<QuantisedLayer>& layers,
                                       const std::vector<CalibrationRun>& runs) {
  check_runs(network, runs);
  std::vector<double> counts(layers.size());
  FloatSimulation simulation(network, semantics);
  const std::vector<u32> inputs = network.inputs();
  for (const CalibrationRun& run : runs) {
    simulation.reset();
    for (const auto& step : run.steps) {
      std::vector<std::vector<InputElement>> elements(inputs.size());
      for (const CalibrationRun::Event& event : step) {
        elements[event.input].push_back({event.index, static_cast<float>(event.count)});
      }
      for (u32 i = 0; i < inputs.size(); ++i) simulation.set_input(inputs[i], elements[i]);
      simulation.step();
    }
    for (u32 l = 0; l < layers.size(); ++l) {
      const Neurons& neurons = *network.nodes[layers[l].node].as<Neurons>();
      if (spikes(neurons.type)) counts[l] += simulation.total(layers[l].node);
    }
  }
  return counts;
}

std::vector<double> count_chip_spikes(const QuantisedNetwork& network,
                                      const std::vector<CalibrationRun>& runs) {
  std::vector<double> counts(network.layers.size());
  QuantisedSimulation simulation(network);
  u64 latest = 0;
  for (const QuantisedLayer& layer : network.layers) latest = std::max<u64>(latest, layer.level);
  for (const CalibrationRun& run : runs) {
    simulation.reset();
    const u64 steps = run.steps.size();
    for (u64 t = 0; t < steps + latest; ++t) {
      simulation.tick(t < steps ? std::span(run.steps[t])
                                : std::span<const CalibrationRun::Event>());
      for (u32 l = 0; l < network.layers.size(); ++l) {
        const QuantisedLayer& layer = network.layers[l];
        if (t < layer.level || t >= layer.level + steps) continue;
        for (const i32 payload : simulation.sent().subspan(layer.first, layer.size)) {
          counts[l] += payload;
        }
      }
    }
  }
  return counts;
}

double spike_error(double chip, double in_float) {
  return std::abs(chip - in_float) / std::max(in_float, 1.0);
}

}  // namespace spikefab
