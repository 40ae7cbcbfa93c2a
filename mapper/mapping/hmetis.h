// The hypergraph of a network in the format of hMetis, for partitioners outside: hMetis, KaHyPar,
// Mt-KaHyPar, PaToH. What they answer goes back in as partitioner file:PATH.
#pragma once

#include <string>

#include "mapper/mapping/spike_graph.h"

namespace spikefab {

// Vertex i + 1 is neuron i; one hyperedge for each source, with its integer_rates as weight
// (mapper/mapping/hypergraph.h): itself, if it is a neuron, and its targets. Those of fewer than
// two vertices are left out: nothing can cut them. Throws std::system_error if it cannot be
// written.
void write_hmetis(const SpikeGraph& graph, const std::string& path);

}  // namespace spikefab
