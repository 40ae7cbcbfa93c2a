// Neurons in the order of the Fiedler vector of who talks to whom, filled one after the other: for
// irregular networks.
#include <algorithm>
#include <numeric>
#include <utility>

#include "mapper/mapping/fiedler.h"
#include "mapper/mapping/neuron_flows.h"
#include "mapper/mapping/partitioner.h"

namespace spikefab {
namespace {

class Spectral : public Partitioner {
 public:
  NeuronGroups group(const PartitionProblem& problem, std::span<const i32>) const override {
    std::vector<u32> order(problem.graph.neurons);
    std::iota(order.begin(), order.end(), 0);
    const auto vectors = fiedler_vectors(neuron_flows(problem.graph), 1);
    if (!vectors.empty()) {
      const std::vector<double>& along = vectors.front();
      std::stable_sort(order.begin(), order.end(),
                       [&](u32 a, u32 b) { return along[a] < along[b]; });
    }
    return {std::move(order)};
  }
};

SPIKEFAB_REGISTER(Partitioner, "spectral", Spectral,
                  "in the order of the Fiedler vector of who talks to whom");

}  // namespace
}  // namespace spikefab
