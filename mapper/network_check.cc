// Whether a network is sound (declared in network.h): so that nobody behind it has to ask again.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "mapper/network.h"

namespace spikefab {
namespace {

constexpr u64 max_node_size = u64{1} << 31;  // elements of one node; indices are 32 bit

class Checker {
 public:
  explicit Checker(const Network& network) : network_(network) {}

  void check() {
    check_names();
    for (const Node& node : network_.nodes) check_node(node);
    check_edges();
    if (problems_.empty()) check_cycles();
    problems_.throw_if_any();
  }

 private:
  void add(const Node& node, std::string what, std::string hint = "") {
    const std::string place =
        node.place.empty() ? network_.path + ": node '" + printable(node.name) + "'" : node.place;
    problems_.add({place, std::move(what), std::move(hint)});
  }

  void check_names() {
    std::map<std::string_view, u64> count;
    for (const Node& node : network_.nodes) {
      if (++count[node.name] == 2) add(node, "has the name of another node");
    }
  }

  void check_node(const Node& node) {
    if (node.inputs() > max_node_size || node.outputs() > max_node_size) {
      add(node, "has " + shape_text(std::max(node.input_shape, node.output_shape)) + " elements",
          "at most 2^31");
      return;
    }
    if (node.inputs() == 0 || node.outputs() == 0) {
      add(node, "has no elements: " + shape_text(node.input_shape) + " in, " +
                    shape_text(node.output_shape) + " out");
      return;
    }
    std::visit([&](const auto& kind) { check_kind(node, kind); }, node.kind);
    check_bias(node);
  }

  void check_count(const Node& node, const char* what, u64 have, u64 want) {
    if (have == want) return;
    add(node, std::string("has ") + std::to_string(have) + " " + what,
        "its shape needs " + std::to_string(want));
  }

  void check_finite(const Node& node, const char* what, const std::vector<float>& values) {
    const auto bad =
        std::find_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); });
    if (bad == values.end()) return;
    add(node, std::string(what) + "[" + std::to_string(bad - values.begin()) + "] is not finite");
  }

  void check_bias(const Node& node) {
    if (node.bias.empty()) return;
    if (!node.is_linear()) return add(node, "has a bias", "only linear nodes have one");
    check_finite(node, "bias", node.bias);
    if (node.outputs() % node.bias.size() == 0) return;
    add(node, "has " + std::to_string(node.bias.size()) + " biases for " +
                  std::to_string(node.outputs()) + " outputs");
  }

  void check_same_size(const Node& node) {
    if (node.inputs() == node.outputs()) return;
    add(node, "turns " + shape_text(node.input_shape) + " into " + shape_text(node.output_shape),
        "only Dense, Sparse, Convolution and Pooling change the number of elements");
  }

  void check_kind(const Node& node, const Input&) { check_same_size(node); }
  void check_kind(const Node& node, const Output&) { check_same_size(node); }
  void check_kind(const Node& node, const Reshape&) { check_same_size(node); }

  void check_kind(const Node& node, const Scale& scale) {
    check_same_size(node);
    if (scale.factor.size() != 1) check_count(node, "factors", scale.factor.size(), node.inputs());
    check_finite(node, "scale", scale.factor);
  }

  void check_kind(const Node& node, const Delay& delay) {
    check_same_size(node);
    check_parameter(node, "delay", delay.seconds, true);
    for (const double seconds : delay.seconds.values) {
      if (seconds < 0) return add(node, "delay is negative", "must be 0 or more");
    }
  }

  void check_kind(const Node& node, const Dense& dense) {
    check_count(node, "inputs", node.inputs(), checked_product({dense.blocks, dense.inputs}));
    check_count(node, "outputs", node.outputs(), checked_product({dense.blocks, dense.outputs}));
    check_count(node, "weights", dense.weight.size(),
                checked_product({dense.blocks, dense.outputs, dense.inputs}));
    check_finite(node, "weight", dense.weight);
  }

  void check_kind(const Node& node, const Sparse& sparse) {
    check_count(node, "weights", sparse.weight.size(), sparse.target.size());
    check_finite(node, "weight", sparse.weight);
    check_count(node, "begins", sparse.begin.size(), node.inputs() + 1);
    if (sparse.begin.empty() || sparse.begin.back() != sparse.target.size() ||
        !std::is_sorted(sparse.begin.begin(), sparse.begin.end())) {
      return add(node, "has begins that do not rise from 0 to the number of weights");
    }
    for (const u32 target : sparse.target) {
      if (target >= node.outputs()) return add(node, "has a target beyond its outputs");
    }
  }

  bool check_window(const Node& node, const Window& window) {
    const bool ok = node.input_shape.size() == node.output_shape.size() &&
                    (node.input_shape.size() == 2 || node.input_shape.size() == 3) &&
                    std::min({window.kernel.y, window.kernel.x, window.stride.y, window.stride.x,
                              window.dilation.y, window.dilation.x}) > 0;
    if (!ok) {
      add(node, "has a window that is no window over " + shape_text(node.input_shape),
          "channels x height x width or channels x width; kernel, stride and dilation above 0");
    }
    return ok;
  }

  void check_kind(const Node& node, const Convolution& convolution) {
    if (!check_window(node, convolution.window)) return;
    const u32 in = node.input_shape[0];
    const u32 out = node.output_shape[0];
    const u32 groups = convolution.groups;
    if (groups == 0 || in % groups != 0 || out % groups != 0) {
      return add(node, std::to_string(groups) + " groups do not divide " + std::to_string(in) +
                           " channels in and " + std::to_string(out) + " out");
    }
    const Extent kernel = convolution.window.kernel;
    check_count(node, "weights", convolution.weight.size(),
                checked_product({out, in / groups, kernel.y, kernel.x}));
    check_finite(node, "weight", convolution.weight);
  }

  void check_kind(const Node& node, const Pooling& pooling) {
    if (!check_window(node, pooling.window)) return;
    check_count(node, "channels", node.output_shape[0], node.input_shape[0]);
  }

  void check_parameter(const Node& node, const char* name, const Parameter& parameter,
                       bool needed) {
    const u64 count = parameter.values.size();
    if (count == 0 && !needed) return;
    if (count == 0) return add(node, std::string(name) + " is missing");
    if (count != 1) check_count(node, name, count, node.outputs());
    for (const double value : parameter.values) {
      if (!std::isfinite(value)) return add(node, std::string(name) + " is not finite");
    }
  }

  void check_above_zero(const Node& node, const char* name, const Parameter& parameter) {
    for (u64 i = 0; i < parameter.values.size(); ++i) {
      if (parameter.values[i] > 0) continue;
      return add(node,
                 std::string(name) + "[" + std::to_string(i) +
                     "] = " + std::to_string(parameter.values[i]),
                 "must be above 0: it is a time constant, and this neuron would grow for ever");
    }
  }

  void check_kind(const Node& node, const Neurons& n) {
    check_same_size(node);
    check_parameter(node, "tau", n.tau, has_leak(n.type));
    check_parameter(node, "v_leak", n.v_leak, has_leak(n.type));
    check_parameter(node, "r", n.r, has_membrane(n.type));
    check_parameter(node, "tau_syn", n.tau_syn, has_synapse(n.type));
    check_parameter(node, "w_in", n.w_in, has_synapse(n.type));
    check_parameter(node, "v_threshold", n.v_threshold, spikes(n.type));
    check_parameter(node, "v_reset", n.v_reset, false);
    check_above_zero(node, "tau", n.tau);
    check_above_zero(node, "tau_syn", n.tau_syn);
  }

  void check_edges() {
    const u64 count = network_.nodes.size();
    for (const Edge& edge : network_.edges) {
      if (edge.from >= count || edge.to >= count) {
        problems_.add({network_.path, "has an edge to a node that does not exist", ""});
        continue;
      }
      const Node& from = network_.nodes[edge.from];
      const Node& to = network_.nodes[edge.to];
      if (from.as<Output>()) add(from, "has an edge out of it", "nothing comes out of an Output");
      if (to.as<Input>()) add(to, "has an edge into it", "nothing goes into an Input");
      if (from.outputs() == to.inputs()) continue;
      add(to, "reads " + shape_text(to.input_shape) + ", but '" + printable(from.name) +
                  "' gives " + shape_text(from.output_shape));
    }
  }

  void check_cycles() {
    const std::vector<u32> order = linear_order(network_);
    std::vector<bool> ordered(network_.nodes.size());
    for (const u32 node : order) ordered[node] = true;
    for (u32 i = 0; i < network_.nodes.size(); ++i) {
      const Node& node = network_.nodes[i];
      if (!node.is_linear() || ordered[i]) continue;
      add(node, "is on a cycle without neurons, or behind one", "a cycle must hold neurons");
    }
  }

  const Network& network_;
  Problems problems_;
};

}  // namespace

void check_network(const Network& network) { Checker(network).check(); }

}  // namespace spikefab
