#include "mapper/nir/form_draft.h"

#include <algorithm>
#include <utility>

#include "base/field_rules.h"
#include "base/suggest.h"

namespace spikefab {
namespace {

// A name of HDF5 is UTF-8 without '/', and "." would be the group itself. Where sub-graphs were,
// other tools write a '.', too.
std::string hdf5_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '.');
  std::replace(name.begin(), name.end(), '\0', '_');
  for (std::size_t good = utf8_prefix(name); good < name.size(); good = utf8_prefix(name)) {
    name[good] = '_';
  }
  if (name.empty()) return "node";
  return name == "." ? "_" : name;
}

}  // namespace

void NirFormDraft::refuse(u32 index, std::string what, std::string hint) {
  const Node& refused = node(index);
  const std::string place = refused.place.empty()
                                ? network_.path + ": node '" + printable(refused.name) + "'"
                                : refused.place;
  problems_.add({place, std::move(what), std::move(hint)});
}

void NirFormDraft::name_nodes() {
  for (Node& node : network_.nodes) {
    if (hdf5_name(node.name) == node.name) names_.insert(node.name);
  }
  for (Node& node : network_.nodes) {
    const std::string name = hdf5_name(node.name);
    if (name == node.name) continue;
    const std::string old = std::exchange(node.name, free_name(name));
    notes_.add("names are changed, as a file cannot hold them", old + " = " + node.name);
  }
}

std::string NirFormDraft::free_name(const std::string& wanted) {
  std::string name = wanted;
  for (u64 i = 2; !names_.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
  return name;
}

u32 NirFormDraft::add(Node node) {
  node.name = free_name(node.name);
  network_.nodes.push_back(std::move(node));
  return static_cast<u32>(network_.nodes.size() - 1);
}

u32 NirFormDraft::insert_in_front(u32 index, Node inserted) {
  const u32 added = add(std::move(inserted));
  for (Edge& edge : network_.edges) {
    if (edge.to == index) edge.to = added;
  }
  network_.edges.push_back({added, index});
  return added;
}

u32 NirFormDraft::insert_behind(u32 index, Node inserted) {
  const u32 added = add(std::move(inserted));
  for (Edge& edge : network_.edges) {
    if (edge.from == index) edge.from = added;
  }
  network_.edges.push_back({index, added});
  return added;
}

// The edge into the reader stays where it is: sums are taken in the order of the edges.
u32 NirFormDraft::insert_on_edge(std::size_t edge, Node inserted) {
  const u32 added = add(std::move(inserted));
  const u32 from = std::exchange(network_.edges[edge].from, added);
  network_.edges.push_back({from, added});
  return added;
}

}  // namespace spikefab
