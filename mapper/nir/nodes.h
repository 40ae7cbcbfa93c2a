// Second stage of reading a NIR file: the parameters of each node. What needs the nodes around it,
// such as the size of an image, is left to nir_shapes.h.
#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "mapper/nir/graph.h"

namespace spikefab {

// A node whose shapes are not known yet.
struct NirDraft {
  Node node;
  std::optional<Shape> stated;  // by the file, of its input: for neurons, that of the parameters
  bool same_padding = false;    // Convolution: "same"
  i32 start_dim = 0;            // Reshape
  i32 end_dim = -1;
};

struct NirDrafts {
  std::vector<NirDraft> nodes;              // as in the graph
  std::vector<std::optional<Shape>> ports;  // what those of sub-graphs state
};

// Adds a problem for each node or parameter that cannot be read.
NirDrafts read_nir_nodes(const NirGraph& graph, NirNotes& notes, Problems& problems);

}  // namespace spikefab
