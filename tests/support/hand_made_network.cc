#include "tests/support/hand_made_network.h"

namespace spikefab::test {

Node node(const std::string& name, NodeKind kind, Shape in, Shape out) {
  Node n;
  n.name = name;
  n.kind = std::move(kind);
  n.input_shape = std::move(in);
  n.output_shape = std::move(out);
  return n;
}

Node input_of(u32 count) { return node("in", Input{}, {count}, {count}); }
Node output_of(u32 count) { return node("out", Output{}, {count}, {count}); }

Dense dense(u32 outputs, u32 inputs, std::vector<float> weight) {
  return {1, outputs, inputs, std::move(weight)};
}

Neurons neurons_of(NeuronType type) {
  Neurons n;
  n.type = type;
  if (has_membrane(type)) n.r = {{1}};
  if (spikes(type)) n.v_threshold = {{1}};
  if (has_leak(type)) {
    n.tau = {{0.01}};
    n.v_leak = {{0}};
  }
  if (has_synapse(type)) {
    n.tau_syn = {{0.01}};
    n.w_in = {{1}};
  }
  return n;
}

Node population(const std::string& name, const Neurons& neurons, u32 count) {
  return node(name, neurons, {count}, {count});
}

Network chain(std::vector<Node> nodes) {
  Network network;
  network.path = "n";
  network.nodes = std::move(nodes);
  for (u32 i = 0; i + 1 < network.nodes.size(); ++i) network.edges.push_back({i, i + 1});
  return network;
}

}  // namespace spikefab::test
