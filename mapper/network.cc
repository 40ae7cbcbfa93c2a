#include "mapper/network.h"

#include <algorithm>

#include "base/memory.h"

namespace spikefab {

u64 size_of(const Shape& shape) {
  u64 size = 1;
  for (const u32 side : shape) size = checked_product({size, side});
  return size;
}

std::string shape_text(const Shape& shape) {
  if (shape.empty()) return "a single value";
  std::string text;
  for (const u32 side : shape) text += (text.empty() ? "" : " x ") + std::to_string(side);
  return text;
}

bool Parameter::same_for_all() const {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values[0]; });
}

std::string_view name_of(NeuronType type) {
  switch (type) {
    case NeuronType::integrator:
      return "I";
    case NeuronType::integrate_and_fire:
      return "IF";
    case NeuronType::leaky:
      return "LI";
    case NeuronType::leaky_fire:
      return "LIF";
    case NeuronType::cuba_leaky:
      return "CubaLI";
    case NeuronType::cuba_fire:
      return "CubaLIF";
    case NeuronType::threshold:
      return "Threshold";
  }
  return "";
}

bool spikes(NeuronType type) {
  return type == NeuronType::integrate_and_fire || type == NeuronType::leaky_fire ||
         type == NeuronType::cuba_fire || type == NeuronType::threshold;
}

bool has_membrane(NeuronType type) { return type != NeuronType::threshold; }

bool has_leak(NeuronType type) {
  return type == NeuronType::leaky || type == NeuronType::leaky_fire || has_synapse(type);
}

bool has_synapse(NeuronType type) {
  return type == NeuronType::cuba_leaky || type == NeuronType::cuba_fire;
}

bool Node::is_linear() const { return !as<Input>() && !as<Output>() && !as<Neurons>(); }

float Node::bias_at(u64 output) const {
  return bias.empty() ? 0 : bias[output / (outputs() / bias.size())];
}

namespace {

template <class Kind>
std::vector<u32> nodes_of(const Network& network) {
  std::vector<u32> found;
  for (u32 i = 0; i < network.nodes.size(); ++i) {
    if (network.nodes[i].as<Kind>()) found.push_back(i);
  }
  return found;
}

}  // namespace

std::vector<u32> Network::inputs() const { return nodes_of<Input>(*this); }
std::vector<u32> Network::outputs() const { return nodes_of<Output>(*this); }
std::vector<u32> Network::populations() const { return nodes_of<Neurons>(*this); }

u64 Network::neuron_count() const {
  u64 count = 0;
  for (const u32 node : populations()) count += nodes[node].outputs();
  return count;
}

std::vector<std::vector<u32>> edges_into(const Network& network) {
  std::vector<std::vector<u32>> sources(network.nodes.size());
  for (const Edge& edge : network.edges) sources[edge.to].push_back(edge.from);
  return sources;
}

std::vector<std::vector<u32>> edges_out_of(const Network& network) {
  std::vector<std::vector<u32>> targets(network.nodes.size());
  for (const Edge& edge : network.edges) targets[edge.from].push_back(edge.to);
  return targets;
}

std::vector<u32> linear_order(const Network& network) {
  const auto targets = edges_out_of(network);
  std::vector<u32> waits_for(network.nodes.size());
  for (const Edge& edge : network.edges) {
    if (network.nodes[edge.from].is_linear()) ++waits_for[edge.to];
  }
  std::vector<u32> order;
  for (u32 i = 0; i < network.nodes.size(); ++i) {
    if (waits_for[i] == 0 && network.nodes[i].is_linear()) order.push_back(i);
  }
  for (std::size_t next = 0; next < order.size(); ++next) {
    for (const u32 target : targets[order[next]]) {
      if (--waits_for[target] == 0 && network.nodes[target].is_linear()) order.push_back(target);
    }
  }
  return order;
}

}  // namespace spikefab
