// A network of neurons and the linear maps between them, as a graph: what importers read, the float
// simulation runs and the mapper quantises. Shapes are row-major, without batch and time. Built by
// an importer (mapper/nir/nir.h) or by hand; check_network() says whether it is sound.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/hd.h"

namespace spikefab {

using Shape = std::vector<u32>;

u64 size_of(const Shape& shape);             // the product; 1 for {}
std::string shape_text(const Shape& shape);  // "16 x 8 x 8"

// One value per neuron, or a single one for all.
struct Parameter {
  std::vector<double> values;

  bool given() const { return !values.empty(); }
  bool same_for_all() const;
  double at(u64 i) const { return values.size() == 1 ? values[0] : values[i]; }
};

// Continuous time; how it becomes steps is a choice of its own (mapper/semantics.h).
enum class NeuronType {
  integrator,          // v' = r x; gives v
  integrate_and_fire,  // the same; spikes at v > v_threshold, then resets
  leaky,               // tau v' = v_leak - v + r x; gives v
  leaky_fire,          // the same; spikes (LIF)
  cuba_leaky,          // tau_syn I' = -I + w_in x; tau v' = v_leak - v + r I; gives v
  cuba_fire,           // the same; spikes (CubaLIF)
  threshold,           // no state: 1 if x > v_threshold, else 0
};

std::string_view name_of(NeuronType type);
bool spikes(NeuronType type);        // else it gives a value
bool has_membrane(NeuronType type);  // all but threshold
bool has_leak(NeuronType type);      // tau and v_leak are given
bool has_synapse(NeuronType type);   // tau_syn and w_in are given

// A population. What its type does not use is not given. v_reset may be missing in any: then the
// source does not say what happens after a spike.
struct Neurons {
  NeuronType type = NeuronType::integrate_and_fire;
  Parameter tau;  // of the membrane, seconds (some tools: steps)
  Parameter tau_syn;
  Parameter r;
  Parameter w_in;
  Parameter v_leak;
  Parameter v_threshold;
  Parameter v_reset;
};

struct Input {};
struct Output {};

// y = W x; with blocks, input and output are blocks of equal size, each with a matrix of its own.
struct Dense {
  u32 blocks = 1;
  u32 outputs = 0;  // of a block
  u32 inputs = 0;
  std::vector<float> weight;  // [block][output][input]
};

// y = W x, with the synapses of input i at begin[i] .. begin[i + 1] - 1, targets ascending.
struct Sparse {
  std::vector<u64> begin;
  std::vector<u32> target;
  std::vector<float> weight;
};

struct Extent {
  u32 y = 1;
  u32 x = 1;
};

// Where a window lies: its upper left corner at output (y, x) is at stride * (y, x) - padding; taps
// are `dilation` apart. What lies outside the input is 0. Padding at the other side follows from
// the output shape.
struct Window {
  Extent kernel;
  Extent stride;
  Extent padding = {0, 0};
  Extent dilation;
};

// Cross-correlation, as in torch.nn.Conv2d. In one dimension: height 1.
struct Convolution {
  Window window;
  u32 groups = 1;
  std::vector<float> weight;  // [channel out][channel in of the group][y][x]
};

// Sum or mean over windows, channel by channel. A mean counts the padding, as in torch.
struct Pooling {
  Window window;
  bool mean = false;
};

struct Scale {
  std::vector<float> factor;  // one, or one per element
};

struct Delay {
  Parameter seconds;
};

struct Reshape {};  // the same values in another shape

using NodeKind = std::variant<Input, Output, Neurons, Dense, Sparse, Convolution, Pooling, Scale,
                              Delay, Reshape>;

// Convolution and Pooling see channels x height x width, or channels x width (height 1).
struct Node {
  std::string name;
  NodeKind kind;
  Shape input_shape;
  Shape output_shape;
  // Linear nodes only: empty, or size_of(output_shape) / bias.size() neighbours share one value.
  std::vector<float> bias;
  std::string place;  // in its file, for messages

  template <class Kind>
  const Kind* as() const {
    return std::get_if<Kind>(&kind);
  }
  u64 inputs() const { return size_of(input_shape); }
  u64 outputs() const { return size_of(output_shape); }
  // Stateless: no Input, Output or Neurons.
  bool is_linear() const;
  float bias_at(u64 output) const;  // 0 if there is none
};

// Several edges into one node add up.
struct Edge {
  u32 from = 0;
  u32 to = 0;
  bool operator==(const Edge&) const = default;
};

struct Network {
  std::string path;  // of its file, for messages
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  // Where no v_reset is given, its source meant v -= v_threshold: NIR before 1.0.6.
  bool subtracts_without_v_reset = false;

  std::vector<u32> inputs() const;       // nodes that are an Input, ascending
  std::vector<u32> outputs() const;      // nodes that are an Output
  std::vector<u32> populations() const;  // nodes that are Neurons
  u64 neuron_count() const;
};

// Throws InputError with all problems: names that stand twice, edges that lead nowhere or join
// different sizes, weights or parameters of a wrong number or not finite, tau <= 0, cycles without
// neurons.
void check_network(const Network& network);

// The linear nodes, each after those that it reads; without those on a cycle or behind one.
std::vector<u32> linear_order(const Network& network);

// For each node, the nodes that it reads or feeds, in the order of the edges.
std::vector<std::vector<u32>> edges_into(const Network& network);
std::vector<std::vector<u32>> edges_out_of(const Network& network);

}  // namespace spikefab
