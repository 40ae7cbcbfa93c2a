// Chains of strategies as users write them: SPECIFICATION[+SPECIFICATION]..., where each but the
// first improves on what the one before found: "tile+refine:passes=4", "scotch+anneal".
#pragma once

#include "mapper/mapping/partitioner.h"
#include "mapper/mapping/placer.h"

namespace spikefab {

// Throw UsageError for what is no such chain, before any work is done for it.
void check_partitioner(const std::string& chain);
void check_placer(const std::string& chain);

// Neurons by cores, checked: every neuron of the graph once. Throws UsageError for what the
// strategies do not know or cannot do; InputError for files.
NeuronGroups group_by(const std::string& chain, PartitionProblem problem);

// Checked: each core on a usable tile of its own. Throws FitError if there are more cores than
// usable tiles; UsageError and InputError likewise.
TileOfCore place_by(const std::string& chain, PlacementProblem problem);

}  // namespace spikefab
