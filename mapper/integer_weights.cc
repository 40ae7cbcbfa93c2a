#include "mapper/integer_weights.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/connections.h"

namespace spikefab {
namespace {

// [s2-nir]: the largest weight of a population becomes 127.
constexpr float int8_max = 127;

// [nir-to-lava]: weights count in 1/256, time constants in 1/4095, thresholds in 512/131071; both
// are shifted by 6 bits in the neuron.
constexpr double lava_weight_one = 256;
constexpr double lava_decay_one = 4095;
constexpr double lava_threshold_one = 131071;
constexpr int lava_threshold_shift = 9;
constexpr int lava_state_shift = 6;

std::vector<float>* weights_of(Node& node) {
  if (auto* dense = std::get_if<Dense>(&node.kind)) return &dense->weight;
  if (auto* sparse = std::get_if<Sparse>(&node.kind)) return &sparse->weight;
  if (auto* convolution = std::get_if<Convolution>(&node.kind)) return &convolution->weight;
  if (auto* scale = std::get_if<Scale>(&node.kind)) return &scale->factor;
  return nullptr;
}

std::string place_of(const Network& network, const Node& node) {
  return node.place.empty() ? network.path + ": node '" + printable(node.name) + "'" : node.place;
}

// Which nodes with weights each population reads; each exactly one on each way.
class WeightNodes {
 public:
  explicit WeightNodes(Network& network) : network_(network) {
    give_weights_to_plain_edges();
    find_readers();
    problems_.throw_if_any();
  }
  const std::vector<u32>& of(u32 population) const { return of_[population]; }

 private:
  // Whether there are weights somewhere before the end of each linear node.
  std::vector<bool> find_weights() {
    std::vector<bool> has(network_.nodes.size());
    const auto reads = edges_into(network_);
    for (const u32 node : linear_order(network_)) {
      const bool before =
          std::any_of(reads[node].begin(), reads[node].end(), [&](u32 from) { return has[from]; });
      const bool own = weights_of(network_.nodes[node]) != nullptr;
      if (before && own) add(network_.nodes[node], "has weights behind a node with weights");
      has[node] = before || own;
    }
    return has;
  }

  // Where a spike reaches a neuron without a weight, the weight is 1.
  void give_weights_to_plain_edges() {
    const std::vector<bool> has = find_weights();
    const std::size_t edges = network_.edges.size();
    for (std::size_t e = 0; e < edges; ++e) {
      const Edge edge = network_.edges[e];
      if (!network_.nodes[edge.to].as<Neurons>() || has[edge.from]) continue;
      Node one;
      one.name = "weight 1 into " + network_.nodes[edge.to].name + " " + std::to_string(e);
      one.kind = Scale{{1}};
      one.input_shape = one.output_shape = network_.nodes[edge.to].input_shape;
      const auto index = static_cast<u32>(network_.nodes.size());
      network_.nodes.push_back(std::move(one));
      network_.edges[e] = {edge.from, index};
      network_.edges.push_back({index, edge.to});
    }
  }

  void find_readers() {
    const auto targets = edges_out_of(network_);
    std::vector<u32> order = linear_order(network_);
    constexpr u32 none = ~u32{0};
    std::vector<u32> reader(network_.nodes.size(), none);  // the population behind a linear node
    of_.resize(network_.nodes.size());
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
      Node& node = network_.nodes[*at];
      for (const u32 target : targets[*at]) {
        const Node& next = network_.nodes[target];
        const u32 found = next.as<Neurons>() ? target : next.is_linear() ? reader[target] : none;
        if (reader[*at] != none && found != none && found != reader[*at]) {
          add(node, "feeds several populations");
        }
        if (found != none) reader[*at] = found;
      }
      if (reader[*at] != none && weights_of(node)) of_[reader[*at]].push_back(*at);
    }
  }

  void add(const Node& node, const std::string& what) {
    problems_.add(
        {place_of(network_, node), what,
         "integer arithmetic needs exactly one node with weights before each population"});
  }

  Network& network_;
  std::vector<std::vector<u32>> of_;
  Problems problems_;
};

float largest_weight(Network& network, const std::vector<u32>& nodes) {
  float largest = 0;
  for (const u32 node : nodes) {
    for (const float w : *weights_of(network.nodes[node])) largest = std::max(largest, std::abs(w));
  }
  return largest;
}

void scale_and_cut(Network& network, const std::vector<u32>& nodes, float scale) {
  for (const u32 node : nodes) {
    for (float& w : *weights_of(network.nodes[node])) w = std::trunc(w * scale);
  }
}

void check_types(const Network& network) {
  Problems problems;
  for (const u32 i : network.populations()) {
    const Node& node = network.nodes[i];
    const NeuronType type = node.as<Neurons>()->type;
    if (spikes(type) && has_membrane(type)) continue;
    problems.add({place_of(network, node),
                  "is of type " + std::string(name_of(type)) + ", which integer arithmetic has not",
                  "IF, LIF or CubaLIF"});
  }
  problems.throw_if_any();
}

// v and I count in units of 1 / scale and gain / scale; a bias goes into v, where it would be in
// the end.
NeuronCoefficients scale_int8(NeuronCoefficients c, double scale, const std::vector<float>& bias,
                              std::vector<double>& potential_unit) {
  LeakyStep& v = c.membrane;
  const bool synapse = !c.synapse.gain.empty();
  potential_unit.resize(v.gain.size());
  for (u64 i = 0; i < v.gain.size(); ++i) {
    const double synapse_gain = synapse ? c.synapse.gain[i] : 1;
    const double held = synapse ? 1 / (1 - c.synapse.decay[i]) : 1;  // of a constant input
    const double per_volt = scale / (v.gain[i] * synapse_gain);
    v.constant[i] = v.constant[i] * per_volt + double{bias[i]} * scale * held;
    c.threshold[i] *= per_volt;
    c.reset[i] *= per_volt;
    v.gain[i] = 1;
    if (synapse) c.synapse.gain[i] = 1;
    potential_unit[i] = 1 / per_volt;
  }
  return c;
}

// What one unit of input adds to v, by the Euler factors that nir-to-lava folds into the weights.
double folded_gain(const Network& network, const Node& node, const Semantics& semantics) {
  Semantics euler = semantics;
  euler.gain = euler.current_gain = Gain::euler;
  const NeuronCoefficients c = neuron_coefficients(node, euler);
  const auto gain = [&](u64 i) {
    return c.membrane.gain[i] * (c.synapse.gain.empty() ? 1 : c.synapse.gain[i]);
  };
  for (u64 i = 0; i < node.outputs(); ++i) {
    if (gain(i) == gain(0)) continue;
    throw InputError(place_of(network, node), "has neurons of different tau, r or w_in",
                     "nir-to-lava's rule needs one value for all");
  }
  return gain(0);
}

LoihiRegisters loihi_registers(const Node& node, double dt, double gain,
                               const std::vector<float>& bias) {
  const Neurons& n = *node.as<Neurons>();
  LoihiRegisters r;
  for (u64 i = 0; i < node.outputs(); ++i) {
    const auto decay = [&](const Parameter& tau) {
      return static_cast<i32>(std::min(dt / tau.at(i), 1.0) * lava_decay_one);
    };
    const bool leak = has_leak(n.type);
    r.dv.push_back(leak ? decay(n.tau) : 0);
    r.du.push_back(has_synapse(n.type) ? decay(n.tau_syn) : static_cast<i32>(lava_decay_one));
    const double threshold = std::trunc(n.v_threshold.at(i) * lava_threshold_one);
    const double leak_input = leak ? dt / n.tau.at(i) * n.v_leak.at(i) : 0;
    const double input = std::trunc((gain * double{bias[i]} + leak_input) * lava_weight_one);
    constexpr double limit = 1 << 23;
    if (std::abs(threshold) > limit || std::abs(input) > limit / (1 << lava_state_shift)) {
      throw InputError(node.place, "has a threshold or bias beyond 24 bits", "");
    }
    r.threshold.push_back((static_cast<i32>(threshold) >> lava_threshold_shift)
                          << lava_state_shift);
    r.bias.push_back(static_cast<i32>(input) * (1 << lava_state_shift));
  }
  return r;
}

}  // namespace

IntegerNetwork make_integer_network(const Network& network, const Semantics& semantics) {
  check_types(network);
  IntegerNetwork made;
  made.network = network;
  const WeightNodes weights(made.network);
  made.coefficients.resize(made.network.nodes.size());
  made.potential_unit.resize(made.network.nodes.size());
  made.registers.resize(made.network.nodes.size());
  const bool int8 = semantics.arithmetic == Arithmetic::int8_weights;
  for (const u32 population : network.populations()) {
    const Node& node = network.nodes[population];
    const std::vector<float> bias = constant_input(network, population);
    double scale = 0;
    if (int8) {
      const float largest = largest_weight(made.network, weights.of(population));
      scale = largest > 0 ? double{int8_max} / double{largest} : 1;
      made.coefficients[population] = scale_int8(summed(neuron_coefficients(node, semantics)),
                                                 scale, bias, made.potential_unit[population]);
    } else {
      const double gain = folded_gain(network, node, semantics);
      scale = gain * lava_weight_one;
      made.registers[population] = loihi_registers(node, semantics.dt, gain, bias);
    }
    scale_and_cut(made.network, weights.of(population), static_cast<float>(scale));
  }
  for (Node& node : made.network.nodes) node.bias.clear();
  return made;
}

}  // namespace spikefab
