// First stage of reading a NIR file: nodes with their types and edges by number, sub-graphs spliced
// in, names that lead nowhere resolved. Shapes and parameters come later (nir_nodes.h,
// nir_shapes.h).
#pragma once

#include <string>
#include <vector>

#include "mapper/hdf5/hdf5.h"
#include "mapper/network.h"
#include "mapper/nir/nir.h"
#include "mapper/nir/notes.h"

namespace spikefab {

struct NirNode {
  std::string name;                  // "sub/name" in a sub-graph
  std::string type;                  // as in the file: "LIF"
  const Hdf5Group* group = nullptr;  // null: added by us
};

// An Input or Output of a sub-graph: spliced out, but it stated a shape.
struct NirPort {
  NirNode node;
  std::vector<u32> neighbours;  // what it led to or came from, after splicing
};

struct NirGraph {
  std::string version;
  std::vector<NirNode> nodes;
  std::vector<Edge> edges;
  std::vector<NirPort> ports;
};

// `root` must outlive the result. Throws InputError.
NirGraph read_nir_graph(const Hdf5Group& root, const NirOptions& options, NirNotes& notes);

}  // namespace spikefab
