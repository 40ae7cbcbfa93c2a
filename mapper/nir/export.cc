#include "mapper/nir/export.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"
#include "mapper/hdf5/writer.h"

namespace spikefab {
namespace {

constexpr const char* nir_version = "1.0.7";
constexpr const char* last_version_that_subtracts = "1.0.5";  // where there is no v_reset

std::vector<u64> wide(const Shape& shape) { return {shape.begin(), shape.end()}; }

void add_integers(Hdf5OutputGroup& group, const std::string& name, const std::vector<i64>& values) {
  group.add(name, {values.size()}, std::span(values));
}

void add_shape(Hdf5OutputGroup& group, const std::string& name, const Shape& shape) {
  add_integers(group, name, {shape.begin(), shape.end()});
}

// --- Neurons and other nodes with one value per element -----------------------------------------

using Parameters = std::vector<std::pair<const char*, const Parameter*>>;

bool fit_into_floats(const Parameters& parameters) {
  return std::all_of(parameters.begin(), parameters.end(), [](const auto& named) {
    const std::vector<double>& values = named.second->values;
    return std::all_of(values.begin(), values.end(),
                       [](double v) { return static_cast<double>(static_cast<float>(v)) == v; });
  });
}

// All in float32 if that loses nothing: tools mix badly what has different types.
void add_parameters(Hdf5OutputGroup& group, const Shape& shape, const Parameters& parameters) {
  const bool as_floats = fit_into_floats(parameters);
  for (const auto& [name, parameter] : parameters) {
    const std::vector<double>& values = parameter->values;
    if (as_floats) {
      const std::vector<float> floats(values.begin(), values.end());
      group.add(name, wide(shape), std::span(floats));
    } else {
      group.add(name, wide(shape), std::span(values));
    }
  }
}

class NodeWriter {
 public:
  NodeWriter(Hdf5OutputGroup& group, const Node& node) : group_(group), node_(node) {}

  void write() {
    std::visit([&](const auto& kind) { write(kind); }, node_.kind);
  }

 private:
  void type(std::string_view name) { group_.add_text("type", std::string(name)); }

  void write(const Input&) {
    type("Input");
    add_shape(group_, "shape", node_.output_shape);
  }

  void write(const Output&) {
    type("Output");
    add_shape(group_, "shape", node_.input_shape);
  }

  void write(const Neurons& n) {
    type(name_of(n.type));
    Parameters all = {{has_synapse(n.type) ? "tau_mem" : "tau", &n.tau},
                      {"tau_syn", &n.tau_syn},
                      {"r", &n.r},
                      {"w_in", &n.w_in},
                      {"v_leak", &n.v_leak},
                      {has_membrane(n.type) ? "v_threshold" : "threshold", &n.v_threshold},
                      {"v_reset", &n.v_reset}};
    std::erase_if(all, [](const auto& named) { return !named.second->given(); });
    add_parameters(group_, node_.input_shape, all);
  }

  void write(const Scale& scale) {
    type("Scale");
    group_.add("scale", wide(node_.input_shape), std::span(scale.factor));
  }

  void write(const Delay& delay) {
    type("Delay");
    add_parameters(group_, node_.input_shape, {{"delay", &delay.seconds}});
  }

  // Blocks are dimensions before those of the matrix.
  void write(const Dense& dense) {
    type(node_.bias.empty() ? "Linear" : "Affine");
    std::vector<u64> shape = wide(node_.output_shape);
    const std::vector<u64> bias_shape = dense.blocks == 1 ? std::vector<u64>{dense.outputs} : shape;
    shape.push_back(dense.inputs);
    group_.add("weight", shape, std::span(dense.weight));
    if (!node_.bias.empty()) group_.add("bias", bias_shape, std::span(node_.bias));
  }

  void write(const Sparse&) { SPIKEFAB_ASSERT(false); }  // to_nir_form() leaves none

  void write(const Convolution& convolution) {
    const Shape& in = node_.input_shape;
    const bool flat = in.size() == 2;
    type(flat ? "Conv1d" : "Conv2d");
    const Window& window = convolution.window;
    std::vector<u64> shape = {node_.output_shape[0], in[0] / convolution.groups};
    if (!flat) shape.push_back(window.kernel.y);
    shape.push_back(window.kernel.x);
    group_.add("weight", shape, std::span(convolution.weight));
    group_.add("bias", {node_.bias.size()}, std::span(node_.bias));
    if (flat) {
      group_.add_integer("input_shape", in[1]);
    } else {
      add_shape(group_, "input_shape", {in[1], in[2]});
    }
    add_extent("stride", window.stride, flat);
    if (nir_padding_of(node_, window) == NirPadding::same) {
      group_.add_text("padding", "same");
    } else {
      add_extent("padding", window.padding, flat);
    }
    add_extent("dilation", window.dilation, flat);
    group_.add_integer("groups", convolution.groups);
  }

  void write(const Pooling& pooling) {
    type(pooling.mean ? "AvgPool2d" : "SumPool2d");
    add_extent("kernel_size", pooling.window.kernel, false);
    add_extent("stride", pooling.window.stride, false);
    add_extent("padding", pooling.window.padding, false);
  }

  void add_extent(const std::string& name, Extent extent, bool flat) {
    if (flat) return group_.add_integer(name, extent.x);
    add_integers(group_, name, {extent.y, extent.x});
  }

  // The range that is joined begins where the shapes begin to differ; one of a single dimension
  // joins nothing. Counted from the front, since NIR's shapes are without batch.
  void write(const Reshape&) {
    type("Flatten");
    const Shape& in = node_.input_shape;
    const Shape& out = node_.output_shape;
    const auto differ = std::mismatch(in.begin(), in.end(), out.begin(), out.end()).first;
    const i64 first = std::min<i64>(differ - in.begin(), static_cast<i64>(out.size()) - 1);
    const i64 joined = static_cast<i64>(in.size()) - static_cast<i64>(out.size());
    const bool to_the_end = first + joined + 1 == static_cast<i64>(in.size());
    add_shape(group_, "input_type", in);
    group_.add_integer("start_dim", first);
    group_.add_integer("end_dim", to_the_end ? -1 : first + joined);
  }

  Hdf5OutputGroup& group_;
  const Node& node_;
};

// --- The graph ----------------------------------------------------------------------------------

void write_edges(Hdf5OutputGroup& graph, const Network& network) {
  std::vector<std::string> names;
  for (const Edge& edge : network.edges) {
    names.push_back(network.nodes[edge.from].name);
    names.push_back(network.nodes[edge.to].name);
  }
  graph.add("edges", {network.edges.size(), 2}, std::span<const std::string>(names));
}

const char* version_of(const Network& network) {
  const std::vector<u32> populations = network.populations();
  const bool subtracts = network.subtracts_without_v_reset &&
                         std::any_of(populations.begin(), populations.end(), [&](u32 node) {
                           const Neurons& n = *network.nodes[node].as<Neurons>();
                           return spikes(n.type) && has_membrane(n.type) && !n.v_reset.given();
                         });
  return subtracts ? last_version_that_subtracts : nir_version;
}

void write_graph(Hdf5Output& file, const Network& network, const NirExportOptions& options) {
  Hdf5OutputGroup root = file.root();
  root.add_text("version", version_of(network));
  Hdf5OutputGroup graph = root.add_group("node");
  graph.add_text("type", "NIRGraph");
  write_edges(graph, network);
  Hdf5OutputGroup nodes = graph.add_group("nodes");
  for (const Node& node : network.nodes) {
    Hdf5OutputGroup group = nodes.add_group(node.name);
    NodeWriter(group, node).write();
  }
  if (!options.written_by.empty()) {
    graph.add_group("metadata").add_text("written_by", options.written_by);
  }
}

// The file is made in memory, and copied once.
void check_memory(const Network& network, const std::string& path) {
  u64 numbers = 0;
  for (const Node& node : network.nodes) {
    numbers += node.bias.size();
    if (const auto* dense = node.as<Dense>()) numbers += dense->weight.size();
    if (const auto* convolution = node.as<Convolution>()) numbers += convolution->weight.size();
    if (node.as<Scale>() || node.as<Delay>()) numbers += node.outputs();
    if (node.as<Neurons>()) numbers += 2 * 7 * node.outputs();  // seven doubles
  }
  check_available_memory(checked_product({numbers, 2 * sizeof(float)}), path);
}

}  // namespace

void save_nir(const NirForm& form, const std::string& path, const NirExportOptions& options) {
  AtomicFile file(path);  // first, as it may be refused
  check_memory(form.network, path);
  Hdf5Output hdf5(path, options.deflate_level);
  write_graph(hdf5, form.network, options);
  file.write(hdf5.bytes());
  file.commit();
}

}  // namespace spikefab
