#include "tests/support/nir_builder.h"

#include <functional>
#include <numeric>
#include <stdexcept>

namespace spikefab::test {

Hdf5Dataset numbers(std::vector<double> values, std::vector<u64> shape) {
  Hdf5Dataset dataset;
  dataset.kind = Hdf5Kind::real;
  dataset.shape = std::move(shape);
  dataset.numbers = std::move(values);
  return dataset;
}

Hdf5Dataset vector_of(std::vector<double> values) {
  const u64 count = values.size();
  return numbers(std::move(values), {count});
}

Hdf5Dataset scalar(double value) { return numbers({value}, {}); }

Hdf5Dataset text(const std::string& value) {
  Hdf5Dataset dataset;
  dataset.kind = Hdf5Kind::text;
  dataset.texts = {value};
  return dataset;
}

Hdf5Dataset same(double value, std::vector<u64> shape) {
  const u64 count = std::accumulate(shape.begin(), shape.end(), u64{1}, std::multiplies<>());
  return numbers(std::vector<double>(count, value), std::move(shape));
}

NirBuilder& NirBuilder::node(const std::string& name, const std::string& type, Members members) {
  Hdf5Group& group = nodes_.groups[name];
  group.datasets["type"] = text(type);
  for (auto& [member, dataset] : members) group.datasets[member] = std::move(dataset);
  return *this;
}

NirBuilder& NirBuilder::edge(const std::string& from, const std::string& to) {
  edges_.push_back(from);
  edges_.push_back(to);
  return *this;
}

NirBuilder& NirBuilder::chain(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i + 1 < names.size(); ++i) edge(names[i], names[i + 1]);
  return *this;
}

NirBuilder& NirBuilder::subgraph(const std::string& name, const NirBuilder& graph) {
  nodes_.groups[name] = graph.graph();
  return *this;
}

Hdf5Group NirBuilder::graph() const {
  Hdf5Group group;
  group.datasets["type"] = text("NIRGraph");
  Hdf5Dataset& edges = group.datasets["edges"];
  edges.kind = Hdf5Kind::text;
  edges.shape = {edges_.size() / 2, 2};
  edges.texts = edges_;
  group.groups["nodes"] = nodes_;
  return group;
}

Hdf5Group NirBuilder::file(const std::string& version) const {
  Hdf5Group root;
  root.groups["node"] = graph();
  if (!version.empty()) root.datasets["version"] = text(version);
  set_places(root, "");
  return root;
}

void set_places(Hdf5Group& group, const std::string& path) {
  group.place = "test.nir: " + (path.empty() ? "/" : path);
  for (auto& [name, dataset] : group.datasets) dataset.place = "test.nir: " + path + "/" + name;
  for (auto& [name, member] : group.groups) set_places(member, path + "/" + name);
}

Members if_members(const std::vector<u64>& shape, double threshold) {
  return {{"r", same(1, shape)}, {"v_threshold", same(threshold, shape)}};
}

Members lif_members(const std::vector<u64>& shape, double tau, double threshold) {
  return {{"tau", same(tau, shape)},
          {"r", same(1, shape)},
          {"v_leak", same(0, shape)},
          {"v_threshold", same(threshold, shape)}};
}

Members cuba_members(const std::vector<u64>& shape) {
  return {{"tau_syn", same(0.01, shape)}, {"tau_mem", same(0.02, shape)},
          {"r", same(1, shape)},          {"v_leak", same(0, shape)},
          {"w_in", same(1, shape)},       {"v_threshold", same(1, shape)}};
}

Members shape_of(std::vector<double> sides) { return {{"shape", vector_of(std::move(sides))}}; }

Members matrix(u64 outputs, u64 inputs) { return {{"weight", same(1, {outputs, inputs})}}; }

NirNetwork read_nir(const NirBuilder& builder, const NirOptions& options) {
  return make_nir_network(builder.file(), "test.nir", options);
}

const Node& node_of(const NirNetwork& nir, const std::string& name) {
  for (const Node& node : nir.network.nodes) {
    if (node.name == name) return node;
  }
  throw std::runtime_error("no node " + name);
}

std::vector<std::string> edges_of(const NirNetwork& nir) {
  std::vector<std::string> edges;
  for (const Edge& edge : nir.network.edges) {
    edges.push_back(nir.network.nodes[edge.from].name + " -> " + nir.network.nodes[edge.to].name);
  }
  return edges;
}

}  // namespace spikefab::test
