// A network on its way into the words of NIR (mapper/nir/form.h): nodes can be added and put
// between others, what is done is noted, what cannot be done is gathered.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/error.h"
#include "mapper/network.h"
#include "mapper/nir/notes.h"

namespace spikefab {

class NirFormDraft {
 public:
  explicit NirFormDraft(const Network& network) : network_(network) {}

  Network& network() { return network_; }
  Node& node(u32 index) { return network_.nodes[index]; }
  NirNotes& notes() { return notes_; }
  const Problems& problems() const { return problems_; }

  void note(const std::string& what, u32 index) { notes_.add(what, node(index).name); }
  void refuse(u32 index, std::string what, std::string hint);

  // Gives all nodes names that HDF5 takes.
  void name_nodes();

  // All give `inserted` a name that no node has, from its own one, and return its index. It comes
  // between what `index` reads and `index`, or between `index` and what reads it, or onto one edge.
  u32 insert_in_front(u32 index, Node inserted);
  u32 insert_behind(u32 index, Node inserted);
  u32 insert_on_edge(std::size_t edge, Node inserted);

 private:
  u32 add(Node node);
  std::string free_name(const std::string& wanted);

  Network network_;
  NirNotes notes_;
  Problems problems_;
  std::set<std::string> names_;
};

// Turns each node into one that NIR has (nir_form_nodes.cc).
void use_nir_nodes(NirFormDraft& draft);

// Makes shapes agree on every edge (nir_form_shapes.cc).
void agree_on_shapes(NirFormDraft& draft);

// Flatten joins dimensions that are neighbours. The shapes after each of the fewest Flattens that
// lead from one shape to another, which is the last; empty if there is no such way. A shape leads
// to itself by none, which is {from}.
std::vector<Shape> flatten_steps(const Shape& from, const Shape& to);

}  // namespace spikefab
