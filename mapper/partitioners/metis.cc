// The METIS library cuts the graph of neurons into parts with few synapses between them [Karypis,
// Kumar 1998]. That is not what a chip pays for (facts/mapping.md, 0.1), but what others compare
// with. Built where the library was found.
#include <metis.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/error.h"
#include "mapper/mapping/core_groups.h"
#include "mapper/mapping/neuron_flows.h"

namespace spikefab {
namespace {

constexpr u64 largest_index = std::numeric_limits<idx_t>::max();

// The library fails, and prints, if parts come out empty.
constexpr u32 fewest_neurons = 4;

struct MetisGraph {
  std::vector<idx_t> begin;
  std::vector<idx_t> other;
  std::vector<idx_t> weight;
};

MetisGraph metis_graph(const SpikeGraph& graph) {
  CoreFlows flows = neuron_flows(graph);
  if (flows.other.size() > largest_index) {
    throw UsageError("partitioner metis: " + graph.name + " has " +
                         std::to_string(flows.other.size()) +
                         " connections in both directions; this METIS counts to " +
                         std::to_string(largest_index),
                     "other partitioners take it");
  }
  MetisGraph out;
  out.begin.assign(flows.begin.begin(), flows.begin.end());
  out.other.assign(flows.other.begin(), flows.other.end());
  out.weight.reserve(flows.flow.size());
  for (const double flow : flows.flow) out.weight.push_back(static_cast<idx_t>(flow));
  return out;
}

class Metis : public Partitioner {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"kway", 0, 0, 1, "", "0: recursive bisection, 1: all parts at once"},
            {"slack", 0, 0, 90, "%", "of the neurons of a core that may stay free"}};
  }

  NeuronGroups group(const PartitionProblem& problem, std::span<const i32> params) const override {
    const u32 cores = cores_for(problem, params[1]);
    if (cores > 1 && problem.graph.neurons / cores < fewest_neurons) {
      throw UsageError("partitioner metis: with " + std::to_string(cores) + " cores for " +
                           std::to_string(problem.graph.neurons) + " neurons, " +
                           "parts are too small for METIS",
                       "it takes " + std::to_string(fewest_neurons) + " neurons a core or more");
    }
    std::vector<u32> core(problem.graph.neurons);
    if (cores > 1) core = parts(problem, cores, params[0] == 1);
    // It overfills parts by a few: those leave where that costs least.
    const Hypergraph nets = hypergraph_of(problem.graph, integer_rates(problem.graph));
    CoreSets sets(nets, std::move(core), cores);
    CoreRefiner(nets, sets, rooms_for(problem, cores), problem.seed).relieve();
    return groups_of(sets.cores_of_vertices(), cores);
  }

 private:
  static std::vector<u32> parts(const PartitionProblem& problem, u32 cores, bool all_at_once) {
    MetisGraph graph = metis_graph(problem.graph);
    std::array<idx_t, METIS_NOPTIONS> options;
    METIS_SetDefaultOptions(options.data());
    options[METIS_OPTION_SEED] = static_cast<idx_t>(problem.seed & 0x7fffffff);
    const u64 room = u64{cores} * problem.limits.neurons;
    const u64 thousandths = room * 1000 / problem.graph.neurons - 1000;  // larger than the mean
    options[METIS_OPTION_UFACTOR] = static_cast<idx_t>(std::clamp<u64>(thousandths, 1, 1000000));
    idx_t vertices = static_cast<idx_t>(problem.graph.neurons);
    idx_t constraints = 1;
    idx_t count = static_cast<idx_t>(cores);
    idx_t cut = 0;
    std::vector<idx_t> part(problem.graph.neurons);
    const auto run = all_at_once ? METIS_PartGraphKway : METIS_PartGraphRecursive;
    const int result =
        run(&vertices, &constraints, graph.begin.data(), graph.other.data(), nullptr, nullptr,
            graph.weight.data(), &count, nullptr, nullptr, options.data(), &cut, part.data());
    if (result == METIS_ERROR_MEMORY) throw ResourceError("partitioner metis: out of memory");
    SPIKEFAB_ASSERT(result == METIS_OK);
    return {part.begin(), part.end()};
  }
};

SPIKEFAB_REGISTER(Partitioner, "metis", Metis,
                  "the METIS library: few synapses between cores; for comparison");

}  // namespace
}  // namespace spikefab
