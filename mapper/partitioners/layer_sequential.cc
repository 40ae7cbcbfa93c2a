// One layer after the other, each in an order that keeps neighbours together; cores are filled to
// the brim (PACMAN does so with populations). In seconds for any network.
#include <utility>

#include "mapper/mapping/layer_order.h"
#include "mapper/mapping/partitioner.h"

namespace spikefab {
namespace {

class LayerSequential : public Partitioner {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"order", 0, 0, 2, "", "0: by position (HWC), 1: by channel (CHW), 2: in strips"},
            {"share", 1, 0, 1, "", "1: layers share cores, 0: each layer begins a new one"}};
  }

  NeuronGroups group(const PartitionProblem& problem, std::span<const i32> params) const override {
    const auto order = static_cast<LayerOrder>(params[0]);
    const bool layers_share_cores = params[1] == 1;
    NeuronGroups groups;
    for (const GraphLayer& layer : problem.graph.layers) {
      groups.push_back(ordered(layer, order, problem.limits.neurons));
    }
    if (!layers_share_cores) return groups;
    // From the last layer to the first, so that it is known how many cores a neuron reaches.
    std::vector<u32> all;
    all.reserve(problem.graph.neurons);
    for (; !groups.empty(); groups.pop_back()) {
      all.insert(all.end(), groups.back().begin(), groups.back().end());
    }
    return {std::move(all)};
  }
};

SPIKEFAB_REGISTER(Partitioner, "layer_sequential", LayerSequential,
                  "layer after layer, neighbours together; cores are as full as they can be");

}  // namespace
}  // namespace spikefab
