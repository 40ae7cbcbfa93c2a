// Weights that stand as inputs x outputs instead of outputs x inputs, as Spyx wrote them.
#pragma once

#include "mapper/nir/nodes.h"

namespace spikefab {

// Turns all matrices of the file if some fit their neighbours only then, and none does not.
void turn_transposed_weights(const NirGraph& graph, std::vector<NirDraft>& drafts, NirNotes& notes);

}  // namespace spikefab
