#include "cli/mapping_subject.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "cli/network_model.h"
#include "mapper/place_network.h"

namespace spikefab::cli {
namespace {

constexpr u32 usual_neurons_per_core = 256;

NetworkModel model_of(const MappingRequest& request) {
  NetworkRequest network;
  network.network = request.network;
  network.semantics = request.semantics;
  return load_network_model(network);
}

SpikeGraph plain_graph(const NetworkModel& model) {
  const auto* loaded = std::get_if<FloatModel>(&model.network);
  if (loaded == nullptr) {
    throw UsageError("missing --chip CHIP", "NetX networks are mapped in a chip's numbers");
  }
  return graph_of(loaded->network);
}

// Layers of a graph have the names of populations, not their order.
void set_rates(const NetworkModel& model, SpikeGraph& graph) {
  if (model.rate_of_population.empty()) return;
  const Network& network = std::get<FloatModel>(model.network).network;
  const std::vector<u32> populations = network.populations();
  for (const GraphLayer& layer : graph.layers) {
    for (std::size_t i = 0; i < populations.size(); ++i) {
      if (network.nodes[populations[i]].name != layer.name) continue;
      std::fill_n(graph.rate.begin() + static_cast<std::ptrdiff_t>(graph.inputs + layer.first),
                  layer.size, model.rate_of_population[i]);
    }
  }
}

}  // namespace

MappingSubject::MappingSubject(const MappingRequest& request) : request_(request) {
  const NetworkModel model = model_of(request);
  if (request.chip) quantised_ = model.quantised(load_named_chip(*request.chip), {});
  graph_ = quantised_ ? graph_of(*quantised_) : plain_graph(model);
  set_rates(model, graph_);
  if (quantised_) {
    limits_ = chip_cores(*quantised_, request.neurons_per_core);
    lines_ = lines_of_the_bus(*quantised_);
    return;
  }
  limits_ = plain_cores(
      graph_, request.neurons_per_core == 0 ? usual_neurons_per_core : request.neurons_per_core,
      request.axons_per_core == 0 ? no_limit : request.axons_per_core);
}

Tiles MappingSubject::tiles(u32 cores) const {
  if (request_.mesh) return *request_.mesh;
  if (quantised_) return tiles_for(*quantised_);
  const auto side = static_cast<u32>(std::ceil(std::sqrt(static_cast<double>(cores))));
  return whole_mesh(std::max(side, 1u), std::max(side, 1u));
}

}  // namespace spikefab::cli
