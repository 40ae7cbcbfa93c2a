// Edges of a NIR graph by name, and names that no node has: some published files name a node by
// what it was called before.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "mapper/nir/notes.h"

namespace spikefab {

struct NamedEdge {
  std::string from;
  std::string to;
};

struct NirName {
  std::string name;
  std::string type;
};

// Replaces names that are not among `names` where the file leaves one reading:
// - 'a' for nodes 'a.input', 'a.output' or the only neurons among 'a.*': a sub-graph that was
//   flattened; an edge from it to itself is dropped, since its own edges are there,
// - 'lif' for 'lif1', the only node that begins like it and that no edge names.
// Else a problem at `place`. `prefix` is of the sub-graph, for notes.
void resolve_names(std::vector<NamedEdge>& edges, const std::vector<NirName>& names,
                   const std::string& prefix, const std::string& place, NirNotes& notes,
                   Problems& problems);

}  // namespace spikefab
