// Third stage of reading a NIR file: the shape of every node, from the Inputs on. What real files
// state wrongly is put right where the nodes around it leave one reading, with a note.
#pragma once

#include "mapper/nir/nodes.h"

namespace spikefab {

// Sets input_shape and output_shape of all nodes, and the padding of "same". Throws InputError with
// all problems.
void infer_nir_shapes(const NirGraph& graph, NirDrafts& drafts, NirNotes& notes);

}  // namespace spikefab
