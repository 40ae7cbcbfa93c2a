// Neurons in any order: what every other strategy must beat.
#include <numeric>
#include <utility>

#include "mapper/mapping/fast_random.h"
#include "mapper/mapping/partitioner.h"

namespace spikefab {
namespace {

class Random : public Partitioner {
 public:
  NeuronGroups group(const PartitionProblem& problem, std::span<const i32>) const override {
    std::vector<u32> neurons(problem.graph.neurons);
    std::iota(neurons.begin(), neurons.end(), 0);
    FastRandom(problem.seed).shuffle(neurons);
    return {std::move(neurons)};
  }
};

SPIKEFAB_REGISTER(Partitioner, "random", Random, "in any order; for comparison");

}  // namespace
}  // namespace spikefab
