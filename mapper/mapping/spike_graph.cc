#include "mapper/mapping/spike_graph.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/memory.h"
#include "mapper/connections.h"

namespace spikefab {
namespace {

u32 number_of_sources(const std::string& name, u64 inputs, u64 neurons) {
  constexpr u64 most = std::numeric_limits<u32>::max() - 1;
  if (inputs + neurons > most) {
    throw InputError(name, "has " + std::to_string(inputs + neurons) + " inputs and neurons",
                     "a mapping has up to " + std::to_string(most));
  }
  return static_cast<u32>(inputs + neurons);
}

// Who is heard, from who hears.
void transpose(const std::vector<u64>& begin, const std::vector<u32>& to, u32 columns,
               std::vector<u64>& begin_out, std::vector<u32>& to_out) {
  begin_out.assign(u64{columns} + 1, 0);
  for (const u32 column : to) ++begin_out[column + 1];
  for (u32 c = 0; c < columns; ++c) begin_out[c + 1] += begin_out[c];
  to_out.resize(to.size());
  std::vector<u64> next(begin_out.begin(), begin_out.end() - 1);
  for (u64 row = 0; row + 1 < begin.size(); ++row) {
    for (u64 i = begin[row]; i < begin[row + 1]; ++i) {
      to_out[next[to[i]]++] = static_cast<u32>(row);
    }
  }
}

}  // namespace

u32 SpikeGraph::layer_of(u32 neuron) const {
  const auto behind =
      std::upper_bound(layers.begin(), layers.end(), u64{neuron},
                       [](u64 number, const GraphLayer& layer) { return number < layer.first; });
  return static_cast<u32>(behind - layers.begin()) - 1;
}

GraphBuilder::GraphBuilder(std::string name, std::vector<GraphLayer> layers, u32 inputs) {
  graph_.name = std::move(name);
  graph_.layers = std::move(layers);
  u64 neurons = 0;
  for (const GraphLayer& layer : graph_.layers) {
    SPIKEFAB_ASSERT(layer.first == neurons);
    neurons += layer.size;
  }
  number_of_sources(graph_.name, inputs, neurons);
  graph_.inputs = inputs;
  graph_.neurons = static_cast<u32>(neurons);
  graph_.target_begin.reserve(u64{graph_.sources()} + 1);
  graph_.rate.assign(graph_.sources(), 1);
}

void GraphBuilder::add_source(std::vector<u32>& targets) {
  std::sort(targets.begin(), targets.end());
  const auto end = std::unique(targets.begin(), targets.end());
  graph_.target.insert(graph_.target.end(), targets.begin(), end);
  graph_.target_begin.push_back(graph_.target.size());
  SPIKEFAB_ASSERT(graph_.target_begin.size() <= u64{graph_.sources()} + 1);
}

SpikeGraph GraphBuilder::build() {
  graph_.target_begin.resize(u64{graph_.sources()} + 1, graph_.target.size());
  check_available_memory(graph_.target.size() * sizeof(u32), graph_.name + ": who hears whom");
  transpose(graph_.target_begin, graph_.target, graph_.neurons, graph_.source_begin, graph_.source);
  return std::move(graph_);
}

SpikeGraph graph_of(const Network& network) {
  std::vector<u64> first(network.nodes.size());
  std::vector<GraphLayer> layers;
  u64 neurons = 0;
  for (const u32 node : network.populations()) {
    const u64 size = network.nodes[node].outputs();
    layers.push_back({network.nodes[node].name, network.nodes[node].output_shape, neurons, size});
    first[node] = neurons;
    neurons += size;
  }
  u64 inputs = 0;
  for (const u32 node : network.inputs()) inputs += network.nodes[node].outputs();
  number_of_sources(network.path, inputs, neurons);

  GraphBuilder builder(network.path, std::move(layers), static_cast<u32>(inputs));
  std::vector<u32> targets;
  const auto add_node = [&](u32 node) {
    u64 next = 0;  // source of the node
    for_each_connection(network, node, [&](const Connection& c) {
      for (; next < c.source; ++next) {
        builder.add_source(targets);
        targets.clear();
      }
      if (network.nodes[c.target_node].as<Neurons>() == nullptr) return;
      targets.push_back(static_cast<u32>(first[c.target_node] + c.target));
    });
    for (; next < network.nodes[node].outputs(); ++next) {
      builder.add_source(targets);
      targets.clear();
    }
  };
  for (const u32 node : network.inputs()) add_node(node);
  for (const u32 node : network.populations()) add_node(node);
  return builder.build();
}

SpikeGraph graph_of(const QuantisedNetwork& network) {
  SpikeGraph graph;
  graph.name = network.path;
  for (const QuantisedLayer& layer : network.layers) {
    graph.layers.push_back({layer.name, layer.shape, layer.first, layer.size});
  }
  const u32 sources = number_of_sources(network.path, network.input_elements, network.neurons);
  graph.inputs = static_cast<u32>(network.input_elements);
  graph.neurons = static_cast<u32>(network.neurons);
  graph.rate.assign(sources, 1);
  check_available_memory(checked_product({network.source.size(), 2 * sizeof(u32)}),
                         network.path + ": who hears whom");
  graph.source.reserve(network.source.size());
  graph.source_begin.reserve(network.neurons + 1);
  for (u64 n = 0; n < network.neurons; ++n) {
    // Synapses are by source: what stands twice stands side by side.
    for (u64 s = network.synapse_begin[n]; s < network.synapse_begin[n + 1]; ++s) {
      const bool again = s > network.synapse_begin[n] && network.source[s - 1] == network.source[s];
      if (!again) graph.source.push_back(network.source[s]);
    }
    graph.source_begin.push_back(graph.source.size());
  }
  transpose(graph.source_begin, graph.source, sources, graph.target_begin, graph.target);
  return graph;
}

}  // namespace spikefab
