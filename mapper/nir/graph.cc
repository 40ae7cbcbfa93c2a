#include "mapper/nir/graph.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/nir/names.h"

namespace spikefab {
namespace {

constexpr u32 max_depth = 32;            // of sub-graphs
constexpr u64 max_edges = u64{1} << 22;  // after splicing, which multiplies

const Hdf5Group* find_group(const Hdf5Group& group, const std::string& name) {
  const auto found = group.groups.find(name);
  return found == group.groups.end() ? nullptr : &found->second;
}

const Hdf5Dataset* find_dataset(const Hdf5Group& group, const std::string& name) {
  const auto found = group.datasets.find(name);
  return found == group.datasets.end() ? nullptr : &found->second;
}

std::string text_of(const Hdf5Group& group, const std::string& name) {
  const Hdf5Dataset* dataset = find_dataset(group, name);
  return dataset && dataset->texts.size() == 1 ? dataset->texts[0] : "";
}

// Pairs of names; numbers, of the first versions, become names.
std::vector<NamedEdge> read_edges(const Hdf5Group& graph) {
  const Hdf5Dataset* edges = find_dataset(graph, "edges");
  if (!edges) {
    throw InputError(graph.place, "has no edges",
                     "writing it was broken off: nir.write() of some versions fails for nodes "
                     "with single numbers as parameters, and leaves such a file");
  }
  const u64 count = edges->texts.size() + edges->numbers.size();
  if (count == 0) return {};
  if (edges->shape.size() != 2 || edges->shape[1] != 2) {
    throw InputError(edges->place, "has the shape of no list of edges", "must be pairs of names");
  }
  std::vector<std::string> words = edges->texts;
  for (const double number : edges->numbers) {
    if (!(number >= 0 && number < 1e9 && number == std::floor(number))) {
      throw InputError(edges->place, "holds a number that is no node",
                       "must be names or 0, 1, ...");
    }
    words.push_back(std::to_string(static_cast<u64>(number)));
  }
  std::vector<NamedEdge> named;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) named.push_back({words[i], words[i + 1]});
  return named;
}

class Reader {
 public:
  Reader(const NirOptions& options, NirNotes& notes) : options_(options), notes_(notes) {}

  NirGraph read(const Hdf5Group& root) {
    graph_.version = text_of(root, "version");
    read_scope(top_graph(root), "", 0);
    if (nodes_.empty()) throw InputError(root.place, "holds a graph without nodes");
    find_ports_among_top_nodes();
    remove_duplicates();
    for (u32 i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].port) splice(i);
    }
    take_nodes();
    add_missing_ends();
    return std::move(graph_);
  }

 private:
  struct Raw {
    NirNode node;
    bool port = false;
    u32 depth = 0;
  };

  // What a name in a graph stands for: the node that edges into it reach, and the one that edges
  // out of it leave; one for a plain node, none if a sub-graph has no such port or several.
  struct Ends {
    std::optional<u32> in;
    std::optional<u32> out;
    std::string why_not;
  };
  using Scope = std::map<std::string, Ends>;

  const Hdf5Group& top_graph(const Hdf5Group& root) {
    if (const Hdf5Group* node = find_group(root, "node")) return *node;
    if (find_group(root, "nodes") && find_dataset(root, "edges")) return root;  // 0.0.x
    if (find_group(root, "nodes")) {
      throw InputError(root.place, "holds nodes but no edges: recorded data (NIRGraphData)?",
                       "a network has a group /node");
    }
    throw InputError(root.place, "is HDF5, but no NIR file: there is no group /node",
                     find_group(root, "layer") ? "it looks like lava-dl's NetX" : "");
  }

  Ends read_scope(const Hdf5Group& graph, const std::string& prefix, u32 depth) {
    if (depth > max_depth) {
      throw InputError(graph.place, "is a sub-graph deeper than " + std::to_string(max_depth));
    }
    const Hdf5Group* members = find_group(graph, "nodes");
    if (!members) throw InputError(graph.place, "has no nodes", "a graph has a group 'nodes'");
    Scope scope;
    std::vector<NirName> names;
    std::vector<u32> inputs;
    std::vector<u32> outputs;
    for (const auto& [name, group] : members->groups) {
      const std::string type = text_of(group, "type");
      if (type.empty()) {
        problems_.add({group.place, "has no type", "writing it was broken off, or no NIR node"});
        continue;
      }
      names.push_back({name, type});
      if (type == "NIRGraph") {
        scope[name] = read_scope(group, prefix + name + "/", depth + 1);
        continue;
      }
      const auto index = static_cast<u32>(nodes_.size());
      const bool is_input = type == "Input";
      const bool is_output = type == "Output";
      nodes_.push_back(
          {{prefix + name, type, &group}, depth > 0 && (is_input || is_output), depth});
      if (is_input) inputs.push_back(index);
      if (is_output) outputs.push_back(index);
      scope[name] = {index, index, ""};
    }
    problems_.throw_if_any();
    add_edges(graph, prefix, scope, names);
    return ends_of(inputs, outputs);
  }

  static Ends ends_of(const std::vector<u32>& inputs, const std::vector<u32>& outputs) {
    Ends ends;
    if (inputs.size() == 1) ends.in = inputs[0];
    if (outputs.size() == 1) ends.out = outputs[0];
    ends.why_not = "has " + std::to_string(inputs.size()) + " Inputs and " +
                   std::to_string(outputs.size()) + " Outputs, and an edge cannot say which";
    return ends;
  }

  void add_edges(const Hdf5Group& graph, const std::string& prefix, const Scope& scope,
                 const std::vector<NirName>& names) {
    std::vector<NamedEdge> edges = read_edges(graph);
    resolve_names(edges, names, prefix, graph.place, notes_, problems_);
    problems_.throw_if_any();
    for (const NamedEdge& edge : edges) {
      const Ends& from = scope.at(edge.from);
      const Ends& to = scope.at(edge.to);
      if (!from.out || !to.in) {
        const bool at_from = !from.out;
        problems_.add({graph.place,
                       "edge '" + printable(edge.from) + "' -> '" + printable(edge.to) + "': '" +
                           printable(at_from ? edge.from : edge.to) + "' " +
                           (at_from ? from : to).why_not,
                       "give it one Input and one Output"});
        continue;
      }
      edges_.push_back({*from.out, *to.in});
    }
    problems_.throw_if_any();
  }

  // An Input that something leads to, or an Output that leads on, is what is left of a sub-graph.
  void find_ports_among_top_nodes() {
    const auto mark = [&](u32 index, const char* type) {
      Raw& raw = nodes_[index];
      if (raw.depth > 0 || raw.port || raw.node.type != type) return;
      raw.port = true;
      notes_.add("Inputs or Outputs inside of the network are left out, as ports of a sub-graph",
                 raw.node.name);
    };
    for (const Edge& edge : edges_) {
      mark(edge.to, "Input");
      mark(edge.from, "Output");
    }
  }

  void remove_duplicates() {
    if (options_.duplicate_edges == DuplicateEdges::add_up) return;
    std::set<std::pair<u32, u32>> seen;
    std::erase_if(edges_, [&](const Edge& edge) {
      if (seen.insert({edge.from, edge.to}).second) return false;
      notes_.add("edges that stand twice count once",
                 nodes_[edge.from].node.name + " -> " + nodes_[edge.to].node.name);
      return true;
    });
  }

  // Joins what comes into a port with what it leads to.
  void splice(u32 port) {
    std::vector<u32> into;
    std::vector<u32> out_of;
    std::vector<Edge> others;
    for (const Edge& edge : edges_) {
      if (edge.to == port && edge.from != port) into.push_back(edge.from);
      if (edge.from == port && edge.to != port) out_of.push_back(edge.to);
      if (edge.to != port && edge.from != port) others.push_back(edge);
    }
    if (others.size() + u64{into.size()} * out_of.size() > max_edges) {
      throw InputError(nodes_[port].node.group->place, "joins too many edges",
                       "at most " + std::to_string(max_edges));
    }
    if (into.empty() || out_of.empty()) {
      notes_.add("ports of sub-graphs that lead nowhere are left out", nodes_[port].node.name);
    }
    for (const u32 from : into) {
      for (const u32 to : out_of) others.push_back({from, to});
    }
    edges_ = std::move(others);
    const bool input = nodes_[port].node.type == "Input";
    ports_.push_back({nodes_[port].node, input ? out_of : into});
  }

  void take_nodes() {
    std::vector<u32> index(nodes_.size());
    for (u32 i = 0; i < nodes_.size(); ++i) {
      index[i] = static_cast<u32>(graph_.nodes.size());
      if (!nodes_[i].port) graph_.nodes.push_back(nodes_[i].node);
    }
    for (const Edge& edge : edges_) graph_.edges.push_back({index[edge.from], index[edge.to]});
    for (NirPort& port : ports_) {
      std::erase_if(port.neighbours, [&](u32 node) { return nodes_[node].port; });
      for (u32& node : port.neighbours) node = index[node];
    }
    graph_.ports = std::move(ports_);
  }

  // The first versions had no Input and Output.
  void add_missing_ends() {
    std::vector<bool> read(graph_.nodes.size());
    std::vector<bool> feeds(graph_.nodes.size());
    for (const Edge& edge : graph_.edges) {
      read[edge.to] = true;
      feeds[edge.from] = true;
    }
    const auto has = [&](const char* type) {
      return std::any_of(graph_.nodes.begin(), graph_.nodes.end(),
                         [&](const NirNode& node) { return node.type == type; });
    };
    const bool no_input = !has("Input");
    const bool no_output = !has("Output");
    const auto count = static_cast<u32>(graph_.nodes.size());
    const auto add = [&](u32 at, const char* type, const std::string& prefix) {
      const std::string name = prefix + graph_.nodes[at].name;
      notes_.add(std::string("an ") + type + " is added, since the file has none", name);
      graph_.nodes.push_back({name, type, nullptr});
      return static_cast<u32>(graph_.nodes.size() - 1);
    };
    for (u32 i = 0; i < count; ++i) {
      if (no_input && !read[i]) graph_.edges.push_back({add(i, "Input", "input_"), i});
      if (no_output && !feeds[i]) graph_.edges.push_back({i, add(i, "Output", "output_")});
    }
  }

  const NirOptions& options_;
  NirNotes& notes_;
  Problems problems_;
  std::vector<Raw> nodes_;
  std::vector<Edge> edges_;
  std::vector<NirPort> ports_;
  NirGraph graph_;
};

}  // namespace

NirGraph read_nir_graph(const Hdf5Group& root, const NirOptions& options, NirNotes& notes) {
  return Reader(options, notes).read(root);
}

}  // namespace spikefab
