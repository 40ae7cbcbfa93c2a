// Improves on a partition: neurons move and change places while that saves deliveries.
#include <algorithm>

#include "mapper/mapping/core_groups.h"
#include "mapper/mapping/fill_cores.h"

namespace spikefab {
namespace {

class Refine : public Partitioner {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"passes", 20, 1, 100000, "", "visits of each neuron"},
            {"heat", 0, 0, 1000, "%", "of a mean spike rate: what a move may cost at first"},
            {"objective", 0, 0, 1, "", "0: deliveries, 1: input axons, whatever their rates"}};
  }
  bool improves() const override { return true; }

  NeuronGroups group(const PartitionProblem& problem, std::span<const i32> params) const override {
    const SpikeGraph& graph = problem.graph;
    const Partition start =
        partition_of(fill_cores(graph, problem.limits, problem.start), graph.neurons);
    std::vector<u32> rates = integer_rates(graph);
    if (params[2] == 1) std::fill(rates.begin(), rates.end(), 1);
    const Hypergraph nets = hypergraph_of(graph, rates);
    CoreSets sets(nets, start.core, start.cores);
    CoreRefiner refiner(nets, sets, rooms_for(problem, start.cores), problem.seed);
    const u32 passes = static_cast<u32>(params[0]);
    if (params[1] == 0) {
      refiner.descend(passes);
    } else {
      refiner.anneal(params[1] * 0.01, passes);
    }
    return groups_of(sets.cores_of_vertices(), start.cores);
  }
};

SPIKEFAB_REGISTER(Partitioner, "refine", Refine,
                  "improves: moves and swaps neurons between cores; fewer deliveries");

}  // namespace
}  // namespace spikefab
