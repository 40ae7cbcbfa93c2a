// Each node as one that NIR has (declared in nir_form_draft.h): matrices in full, biases where a
// node has room for them, one value per neuron or element.
#include <algorithm>
#include <optional>

#include "base/memory.h"
#include "mapper/nir/form.h"
#include "mapper/nir/form_draft.h"

namespace spikefab {
namespace {

constexpr u64 max_matrix_weights = u64{1} << 26;  // of those that we fill up: 256 MiB

// One value per neuron, as all tools expect.
void fill_up(std::vector<double>& values, u64 count) {
  if (values.size() != 1 || count == 1) return;
  check_available_memory(checked_product({count, sizeof(double)}), "a parameter of all neurons");
  values.resize(count, values[0]);
}

class NodeForm {
 public:
  explicit NodeForm(NirFormDraft& draft) : draft_(draft) {}

  void convert(u32 index) {
    index_ = index;
    if (node().input_shape.empty()) node().input_shape = {1};
    if (node().output_shape.empty()) node().output_shape = {1};
    std::visit([&](auto& kind) { use(kind); }, node().kind);
  }

 private:
  Node& node() { return draft_.node(index_); }
  void note(const std::string& what) { draft_.note(what, index_); }
  void refuse(std::string what, std::string hint) {
    draft_.refuse(index_, std::move(what), std::move(hint));
  }

  void use(Input&) {}
  void use(Output&) {}

  void use(Neurons& n) {
    const bool resets = spikes(n.type) && has_membrane(n.type);
    if (!resets && n.v_reset.given()) {
      n.v_reset = {};
      note("v_reset is left out where nothing is reset");
    }
    for (Parameter* parameter :
         {&n.tau, &n.tau_syn, &n.r, &n.w_in, &n.v_leak, &n.v_threshold, &n.v_reset}) {
      fill_up(parameter->values, node().outputs());
    }
  }

  // The last dimension is that of the matrix, those before count the blocks.
  void use(Dense& dense) {
    Shape blocks(node().input_shape.begin(), node().input_shape.end() - 1);
    Shape in = blocks;
    Shape out = blocks;
    in.push_back(dense.inputs);
    out.push_back(dense.outputs);
    if (in != node().input_shape || out != node().output_shape || size_of(blocks) != dense.blocks) {
      blocks = dense.blocks == 1 ? Shape{} : Shape{dense.blocks};
      in = out = blocks;
      in.push_back(dense.inputs);
      out.push_back(dense.outputs);
    }
    node().input_shape = in;
    node().output_shape = out;
    if (!node().bias.empty()) node().bias = all_biases();
  }

  void use(Sparse& sparse) {
    const u64 inputs = node().inputs();
    const u64 outputs = node().outputs();
    if (checked_product({inputs, outputs}) > max_matrix_weights) {
      return refuse("is a sparse matrix of " + std::to_string(outputs) + " x " +
                        std::to_string(inputs) + ", which NIR holds in full only",
                    "at most " + std::to_string(max_matrix_weights) + " weights");
    }
    check_available_memory(inputs * outputs * sizeof(float), "a sparse matrix in full");
    Dense dense{1, static_cast<u32>(outputs), static_cast<u32>(inputs), {}};
    dense.weight.resize(inputs * outputs);
    std::vector<bool> taken(inputs * outputs);
    for (u64 i = 0; i < inputs; ++i) {
      for (u64 s = sparse.begin[i]; s < sparse.begin[i + 1]; ++s) {
        const u64 at = sparse.target[s] * inputs + i;
        if (taken[at]) {
          return refuse("has two synapses from " + std::to_string(i) + " to " +
                            std::to_string(sparse.target[s]),
                        "NIR has one between two neurons");
        }
        taken[at] = true;
        dense.weight[at] = sparse.weight[s];
      }
    }
    note("sparse synapses are written as a full matrix");
    become_matrix(std::move(dense));
  }

  void use(Convolution& convolution) {
    Window& window = convolution.window;
    if (node().input_shape.size() == 2) window.stride.y = window.dilation.y = 1;  // no effect
    if (!fits(window)) return;
    if (node().bias.empty()) {
      node().bias.assign(channels(), 0);  // NIR has no convolution without
    } else if (const auto bias = by_channel([&](u64 o) { return node().bias_at(o); })) {
      node().bias = *bias;
    } else {
      refuse("has biases that differ within a channel", "NIR has one per channel");
    }
  }

  void use(Pooling& pooling) {
    const Window& window = pooling.window;
    const bool dilated = (window.kernel.y > 1 && window.dilation.y > 1) ||
                         (window.kernel.x > 1 && window.dilation.x > 1);
    if (node().input_shape.size() == 3 && !dilated && node().bias.empty()) {
      fits(window);
      pooling.window.dilation = {1, 1};
      return;
    }
    const float area = static_cast<float>(window.kernel.y) * static_cast<float>(window.kernel.x);
    Convolution convolution{window, channels(), {}};
    const u64 weights = checked_product({channels(), window.kernel.y, window.kernel.x});
    check_available_memory(checked_product({weights, sizeof(float)}), "a pooling as a convolution");
    convolution.weight.assign(weights, pooling.mean ? 1 / area : 1);
    note("a pooling in one dimension, dilated or with a bias is written as a convolution");
    node().kind = std::move(convolution);
    use(std::get<Convolution>(node().kind));
  }

  void use(Scale& scale) {
    if (!node().bias.empty()) {
      note("a scale with a bias is written as a convolution or matrix");
      return become_affine(index_, scale);
    }
    if (scale.factor.size() == 1) {
      check_available_memory(checked_product({node().outputs(), sizeof(float)}), "a scale");
      scale.factor.resize(node().outputs(), scale.factor[0]);
    }
  }

  void use(Delay& delay) {
    fill_up(delay.seconds.values, node().outputs());
    if (node().bias.empty()) return;
    Node affine = take_bias(node().input_shape);  // is delayed, too
    become_affine(draft_.insert_in_front(index_, std::move(affine)), identity_);
  }

  void use(Reshape&) {
    if (node().bias.empty()) return;
    Node affine = take_bias(node().output_shape);
    become_affine(draft_.insert_behind(index_, std::move(affine)), identity_);
  }

  // A node that only adds the bias.
  Node take_bias(const Shape& shape) {
    note("a bias that its node has no room for is added by a node of its own");
    Node affine;
    affine.name = node().name + ".bias";
    affine.kind = identity_;
    affine.input_shape = affine.output_shape = shape;
    affine.place = node().place;
    affine.bias.swap(node().bias);
    return affine;
  }

  // y = factor x + bias for each element: within the channels of an image if there are such.
  void become_affine(u32 index, const Scale& scale) {
    index_ = index;
    const std::vector<float> factors = scale.factor;  // it is part of what is replaced
    const auto factor_at = [&](u64 o) { return factors.size() == 1 ? factors[0] : factors[o]; };
    const std::size_t rank = node().output_shape.size();
    if (node().input_shape == node().output_shape && (rank == 2 || rank == 3)) {
      const auto weight = by_channel(factor_at);
      const auto bias = by_channel([&](u64 o) { return node().bias_at(o); });
      if (weight && bias) {
        node().kind = Convolution{{}, channels(), *weight};
        node().bias = *bias;
        return;
      }
    }
    const u64 count = node().outputs();
    if (checked_product({count, count}) > max_matrix_weights) {
      return refuse("adds a bias of its own to each of " + std::to_string(count) + " elements",
                    "NIR can only in a matrix of at most " + std::to_string(max_matrix_weights) +
                        " weights; put the bias into the node before or behind");
    }
    Dense dense{1, static_cast<u32>(count), static_cast<u32>(count), {}};
    dense.weight.resize(count * count);
    for (u64 o = 0; o < count; ++o) dense.weight[o * count + o] = factor_at(o);
    become_matrix(std::move(dense));
  }

  void become_matrix(Dense dense) {
    node().input_shape = {dense.inputs};
    node().output_shape = {dense.outputs};
    if (!node().bias.empty()) node().bias = all_biases();
    node().kind = std::move(dense);
  }

  std::vector<float> all_biases() {
    std::vector<float> all(node().outputs());
    for (u64 o = 0; o < all.size(); ++o) all[o] = node().bias_at(o);
    return all;
  }

  u32 channels() { return node().output_shape[0]; }

  // One value per channel, if all elements of a channel have the same.
  template <class ValueAt>
  std::optional<std::vector<float>> by_channel(const ValueAt& value_at) {
    const u64 area = node().outputs() / channels();
    std::vector<float> values(channels());
    for (u64 o = 0; o < node().outputs(); ++o) {
      if (o % area == 0) values[o / area] = value_at(o);
      if (value_at(o) != values[o / area]) return {};
    }
    return values;
  }

  bool fits(const Window& window) {
    if (node().input_shape.size() == 2 && (window.kernel.y != 1 || window.padding.y != 0)) {
      refuse("has a window with a height over an input without", "must be 1, without padding");
      return false;
    }
    const bool convolves = node().as<Convolution>() != nullptr;
    const NirPadding padding = nir_padding_of(node(), window);
    if (padding == NirPadding::numbers || (convolves && padding == NirPadding::same)) return true;
    refuse("turns " + shape_text(node().input_shape) + " into " + shape_text(node().output_shape) +
               " with a padding that differs between the sides",
           "NIR pads both sides alike, or 'same' in a convolution of stride 1");
    return false;
  }

  const Scale identity_{{1}};
  NirFormDraft& draft_;
  u32 index_ = 0;
};

}  // namespace

void use_nir_nodes(NirFormDraft& draft) {
  NodeForm form(draft);
  const auto count = static_cast<u32>(draft.network().nodes.size());
  for (u32 i = 0; i < count; ++i) form.convert(i);
}

}  // namespace spikefab
