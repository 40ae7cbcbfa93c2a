#include "tests/support/network_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/files.h"

namespace spikefab::test {
namespace {

template <class Value>
std::string text_of(const char* name, const std::vector<Value>& values) {
  if (values.empty()) return "";
  std::string text;
  for (const Value& value : values) text += fmt::format(" {:a}", value);
  if (values.size() > 16) text = fmt::format(" {} {}", values.size(), sha256_of_text(text));
  return fmt::format("  {}:{}\n", name, text);
}

std::string text_of(const char* name, Extent extent) {
  return fmt::format("  {}: {} {}\n", name, extent.y, extent.x);
}

std::string text_of(const Window& window) {
  return text_of("kernel", window.kernel) + text_of("stride", window.stride) +
         text_of("padding", window.padding) + text_of("dilation", window.dilation);
}

std::string text_of(const Input&) { return "Input"; }
std::string text_of(const Output&) { return "Output"; }
std::string text_of(const Reshape&) { return "Reshape"; }

std::string text_of(const Neurons& n) {
  return std::string(name_of(n.type)) + "\n" + text_of("tau", n.tau.values) +
         text_of("tau_syn", n.tau_syn.values) + text_of("r", n.r.values) +
         text_of("w_in", n.w_in.values) + text_of("v_leak", n.v_leak.values) +
         text_of("v_threshold", n.v_threshold.values) + text_of("v_reset", n.v_reset.values);
}

std::string text_of(const Dense& dense) {
  return fmt::format("Dense {} x {} x {}\n", dense.blocks, dense.outputs, dense.inputs) +
         text_of("weight", dense.weight);
}

std::string text_of(const Sparse& sparse) {
  return fmt::format("Sparse {} {}\n", sparse.begin, sparse.target) +
         text_of("weight", sparse.weight);
}

std::string text_of(const Convolution& convolution) {
  return fmt::format("Convolution, groups {}\n", convolution.groups) + text_of(convolution.window) +
         text_of("weight", convolution.weight);
}

std::string text_of(const Pooling& pooling) {
  return fmt::format("Pooling, mean {}\n", pooling.mean) + text_of(pooling.window);
}

std::string text_of(const Scale& scale) { return "Scale\n" + text_of("factor", scale.factor); }

std::string text_of(const Delay& delay) {
  return "Delay\n" + text_of("seconds", delay.seconds.values);
}

// The same for two networks whose nodes are in another order.
std::vector<InputElement> random_elements(const Node& node, u64 seed) {
  std::seed_seq seeds{seed, static_cast<u64>(std::hash<std::string>()(node.name))};
  std::mt19937_64 random(seeds);
  std::vector<InputElement> elements;
  for (u32 i = 0; i < node.outputs(); ++i) {
    if (random() % 3 == 0) elements.push_back({i, static_cast<float>(random() % 4) / 2});
  }
  return elements;
}

}  // namespace

std::string network_text(const Network& network) {
  std::map<std::string, std::string> nodes;
  for (const Node& node : network.nodes) {
    const std::string kind = std::visit([](const auto& k) { return text_of(k); }, node.kind);
    nodes[node.name] += fmt::format("{}: {} -> {}: {}\n{}", node.name, node.input_shape,
                                    node.output_shape, kind, text_of("bias", node.bias));
  }
  std::multiset<std::string> edges;
  for (const Edge& edge : network.edges) {
    edges.insert(network.nodes[edge.from].name + " -> " + network.nodes[edge.to].name + "\n");
  }
  std::string text;
  for (const auto& [name, node] : nodes) text += node;
  for (const std::string& edge : edges) text += edge;
  return text;
}

std::string simulation_text(const Network& network, const Semantics& semantics, u32 steps,
                            u64 seed) {
  FloatSimulation simulation(network, semantics);
  std::map<std::string, std::string> nodes;
  for (u32 step = 0; step < steps; ++step) {
    for (const u32 input : network.inputs()) {
      simulation.set_input(input, random_elements(network.nodes[input], seed + step));
    }
    simulation.step();
    for (u32 i = 0; i < network.nodes.size(); ++i) {
      const Node& node = network.nodes[i];
      if (!node.as<Neurons>() && !node.as<Output>()) continue;
      nodes[node.name] += fmt::format("{}:", step);
      for (const float value : simulation.output(i))
        nodes[node.name] += fmt::format(" {:a}", value);
      nodes[node.name] += '\n';
    }
  }
  std::string text;
  for (const auto& [name, values] : nodes) text += name + "\n" + values;
  return text;
}

}  // namespace spikefab::test
