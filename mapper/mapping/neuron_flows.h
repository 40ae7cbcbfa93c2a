// Who talks to whom, neuron by neuron, as a symmetric graph: for libraries that cut edges.
#pragma once

#include "mapper/mapping/core_traffic.h"

namespace spikefab {

// Each neuron as a core of its own. Flows are whole numbers: sums of integer_rates
// (mapper/mapping/hypergraph.h). Takes 24 bytes a synapse; throws ResourceError if that is too
// much.
CoreFlows neuron_flows(const SpikeGraph& graph);

}  // namespace spikefab
