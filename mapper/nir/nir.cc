#include "mapper/nir/nir.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.h"
#include "mapper/nir/graph.h"
#include "mapper/nir/nodes.h"
#include "mapper/nir/shapes.h"

namespace spikefab {
namespace {

// Edges that pass nothing through neurons, and nodes that hang loose: allowed, but rarely meant.
void note_loose_ends(const Network& network, NirNotes& notes) {
  std::vector<bool> read(network.nodes.size());
  std::vector<bool> feeds(network.nodes.size());
  for (const Edge& edge : network.edges) {
    read[edge.to] = true;
    feeds[edge.from] = true;
    const Node& from = network.nodes[edge.from];
    const Node& to = network.nodes[edge.to];
    if (from.as<Input>() && to.as<Output>()) {
      notes.add("an Input leads straight to an Output", from.name + " -> " + to.name);
    }
  }
  for (u32 i = 0; i < network.nodes.size(); ++i) {
    const Node& node = network.nodes[i];
    if (!read[i] && !node.as<Input>()) notes.add("nothing leads to a node", node.name);
    if (!feeds[i] && !node.as<Output>()) notes.add("a node leads nowhere", node.name);
  }
}

// Some exporters wrote decay factors (alpha, beta) where time constants belong.
void note_strange_times(const Network& network, NirNotes& notes) {
  const auto strange = [](const Parameter& tau) {
    return tau.given() && std::all_of(tau.values.begin(), tau.values.end(),
                                      [](double t) { return t > 0.3 && t < 1; });
  };
  for (const u32 i : network.populations()) {
    const Neurons& n = *network.nodes[i].as<Neurons>();
    if (!strange(n.tau) && !strange(n.tau_syn)) continue;
    notes.add(
        "tau between 0.3 and 1: in seconds that is slow, and some exporters wrote decay "
        "factors (alpha, beta) there; it is taken as a time",
        network.nodes[i].name);
  }
}

// Whether files of this version were written when a reset was v - v_threshold: the first files had
// no version. What does not begin with a number is none, either; "1.0.5.dev2" counts as 1.0.5.
bool is_before_v_reset(const std::string& version) {
  constexpr std::array<u32, 3> first_with_v_reset = {1, 0, 6};
  std::array<u32, 3> parts = {};
  const char* next = version.data();
  const char* const end = next + version.size();
  for (u32& part : parts) {
    const auto [stop, error] = std::from_chars(next, end, part);
    if (error != std::errc() && &part == parts.data()) return version.empty();
    if (error != std::errc() || stop == end || *stop != '.') break;
    next = stop + 1;
  }
  return parts < first_with_v_reset;
}

}  // namespace

NirNetwork load_nir(const std::string& path, const NirOptions& options) {
  return make_nir_network(read_hdf5(path), path, options);
}

NirNetwork make_nir_network(const Hdf5Group& root, const std::string& path,
                            const NirOptions& options) {
  NirNotes notes;
  for (const std::string& note : root.notes) notes.add(note);
  const NirGraph graph = read_nir_graph(root, options, notes);
  Problems problems;
  NirDrafts drafts = read_nir_nodes(graph, notes, problems);
  problems.throw_if_any();
  infer_nir_shapes(graph, drafts, notes);

  NirNetwork nir;
  nir.version = graph.version;
  nir.network.path = path;
  nir.network.subtracts_without_v_reset = is_before_v_reset(nir.version);
  for (NirDraft& draft : drafts.nodes) nir.network.nodes.push_back(std::move(draft.node));
  nir.network.edges = graph.edges;
  check_network(nir.network);
  note_loose_ends(nir.network, notes);
  note_strange_times(nir.network, notes);
  nir.notes = notes.lines();
  return nir;
}

}  // namespace spikefab
