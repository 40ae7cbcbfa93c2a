#include "mapper/mapping/neuron_flows.h"

#include <algorithm>

#include "base/memory.h"
#include "mapper/mapping/hypergraph.h"

namespace spikefab {

namespace {

constexpr u32 no_neuron = 0xffffffff;

}  // namespace

CoreFlows neuron_flows(const SpikeGraph& graph) {
  constexpr u64 bytes_per_synapse = 2 * (sizeof(u32) + sizeof(double));
  check_available_memory(checked_product({graph.synapses(), bytes_per_synapse}),
                         graph.name + ": who talks to whom");
  const std::vector<u32> rates = integer_rates(graph);
  CoreFlows flows;
  flows.cores = graph.neurons;
  flows.begin.reserve(u64{graph.neurons} + 1);
  for (u32 neuron = 0; neuron < graph.neurons; ++neuron) {
    const auto targets = graph.targets_of(graph.inputs + neuron);
    const auto sources = graph.sources_of(neuron);
    auto target = targets.begin();
    auto source = std::lower_bound(sources.begin(), sources.end(), graph.inputs);
    while (target != targets.end() || source != sources.end()) {
      const u32 from = source == sources.end() ? no_neuron : *source - graph.inputs;
      const u32 to = target == targets.end() ? no_neuron : *target;
      const u32 other = std::min(from, to);
      double flow = 0;
      if (to == other) flow += rates[graph.inputs + neuron];
      if (from == other) flow += rates[*source];
      if (to == other) ++target;
      if (from == other) ++source;
      if (other == neuron) continue;
      flows.other.push_back(other);
      flows.flow.push_back(flow);
    }
    flows.begin.push_back(flows.other.size());
  }
  return flows;
}

}  // namespace spikefab
