// Multilevel partitioning of the hypergraph with one hyperedge per source: the fewest deliveries,
// whatever the network looks like (mapper/mapping/multilevel.h).
#include <algorithm>

#include "mapper/mapping/core_groups.h"
#include "mapper/mapping/multilevel.h"

namespace spikefab {
namespace {

class HypergraphPartitioner : public Partitioner {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"slack", 3, 0, 90, "%", "of the neurons of a core that may stay free"},
            {"passes", 4, 1, 100000, "", "of refinement at each level"},
            {"cycles", 2, 0, 1000, "", "more of them, each from what the last one found"},
            {"heat", 20, 0, 10000, "%", "of a mean net's spikes: what a move may cost at first"}};
  }

  NeuronGroups group(const PartitionProblem& problem, std::span<const i32> params) const override {
    const SpikeGraph& graph = problem.graph;
    const Hypergraph nets = hypergraph_of(graph, integer_rates(graph));
    const MultilevelOptions options = {.passes = static_cast<u32>(params[1]),
                                       .cycles = static_cast<u32>(params[2]),
                                       .heat = params[3] * 0.01,
                                       .seed = problem.seed};
    u32 cores = cores_for(problem, params[0]);
    std::vector<u32> core;
    for (u32 more = 1, tries = 0; more > 0 && tries < most_tries; ++tries) {
      core = partition_into(nets, rooms_for(problem, cores), options);
      more = cores_to_add(CoreSets(nets, core, cores), problem.limits.axons);
      if (tries + 1 < most_tries) cores += more;
    }
    return groups_of(core, cores);
  }

 private:
  // Those that hear more than they can are split by fill_cores, less well.
  static constexpr u32 most_tries = 4;

  static u32 cores_to_add(const CoreSets& sets, u32 most_axons) {
    u64 sum = 0;
    for (u32 core = 0; core < sets.cores(); ++core) {
      sum += divide_up(std::max<u64>(1, sets.axons(core)), most_axons) - 1;
    }
    return static_cast<u32>(std::min<u64>(sum, sets.cores()));
  }
};

SPIKEFAB_REGISTER(Partitioner, "hypergraph", HypergraphPartitioner,
                  "multilevel partitioning; the fewest deliveries for networks of any shape");

}  // namespace
}  // namespace spikefab
