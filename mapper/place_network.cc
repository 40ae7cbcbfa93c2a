#include "mapper/place_network.h"

#include <algorithm>

#include "base/error.h"

namespace spikefab {
namespace {

void check_bus(const QuantisedNetwork& network) {
  const std::size_t lines = neurons_on_the_bus(network).size();
  if (lines <= max_outputs) return;
  throw FitError(network.path + ": its outputs read " + std::to_string(lines) +
                 " neurons; the output bus has up to " + std::to_string(max_outputs) + " lines");
}

}  // namespace

std::vector<u32> neurons_on_the_bus(const QuantisedNetwork& network) {
  std::vector<u32> neurons;
  for (const QuantisedOutput& output : network.outputs) {
    for (const QuantisedTerm& term : output.terms) {
      if (!term.is_potential) neurons.push_back(term.neuron);
    }
  }
  std::sort(neurons.begin(), neurons.end());
  neurons.erase(std::unique(neurons.begin(), neurons.end()), neurons.end());
  return neurons;
}

std::vector<u8> lines_of_the_bus(const QuantisedNetwork& network) {
  std::vector<u8> lines(network.neurons);
  for (const u32 neuron : neurons_on_the_bus(network)) lines[neuron] = 1;
  return lines;
}

Tiles tiles_for(const QuantisedNetwork& network) {
  const Mesh& mesh = network.chip.mesh;
  Tiles tiles = whole_mesh(mesh.width, mesh.height);
  if (!neurons_on_the_bus(network).empty()) {
    tiles.usable.pop_back();
    tiles.taken_by = "for the output bus";
  }
  return tiles;
}

Placement place_network(const QuantisedNetwork& network, const PlaceOptions& options) {
  check_bus(network);
  const SpikeGraph graph = graph_of(network);
  const CoreSpaceMaker limits = chip_cores(network, options.neurons_per_core);
  Mapping mapping =
      map_graph(graph, limits, tiles_for(network), options.choice, lines_of_the_bus(network));
  Placement placement;
  CoreBuilder builder(network, options.neurons_per_core);
  for (u32 c = 0; c < mapping.partition.cores; ++c) {
    PlannedCore& core = placement.cores.emplace_back();
    core.position = mapping.tile_of_core[c];
    core.neurons = std::move(mapping.cores.neurons[c]);
    core.use = builder.use_of(core.neurons);
    core.use.output_axons = mapping.cores.output_axons[c];
  }
  std::sort(placement.cores.begin(), placement.cores.end(),
            [](const PlannedCore& a, const PlannedCore& b) { return a.position < b.position; });
  return placement;
}

}  // namespace spikefab
