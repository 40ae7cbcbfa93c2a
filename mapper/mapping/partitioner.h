// Decides which neurons share a core. One strategy is one new file in mapper/partitioners/,
// registered by name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "mapper/mapping/core_space.h"
#include "mapper/mapping/spike_graph.h"
#include "mapper/mapping/strategy_kind.h"

namespace spikefab {

// Neurons that shall share a core, in their order on it. A group that is too large for a core is
// filled into as many as it takes (mapper/mapping/fill_cores.h), so that a strategy may also give
// one group, an order of all neurons: then cores are as full as they can be.
using NeuronGroups = std::vector<std::vector<u32>>;

struct PartitionProblem {
  const SpikeGraph& graph;
  const CoreSpaceMaker& limits;  // what one core has room for
  u64 seed = 1;
  NeuronGroups start;  // what the strategy before in a chain found, or nothing; for improvers
  std::string path;    // of the user's file, for strategies that take one
};

class Partitioner : public MappingStrategy {
 public:
  static constexpr std::string_view kind = "partitioner";

  // Every neuron once. `params` holds one value per entry of params(), each within its range. Same
  // problem and parameters, same answer. Throws InputError for a bad file, UsageError if the
  // strategy cannot do with this network.
  virtual NeuronGroups group(const PartitionProblem& problem,
                             std::span<const i32> params) const = 0;
};

}  // namespace spikefab
