// What the linear nodes of a network do to one input element: the weighted outputs that it reaches,
// nothing else is touched. Both the connections (mapper/connections.h) and the float simulation
// are made of this.
#pragma once

#include <span>
#include <vector>

#include "mapper/network.h"

namespace spikefab {

// Prepared for many calls of scatter(). The node must outlive it and be sound (check_network).
class LinearMap {
 public:
  explicit LinearMap(const Node& node);

  // Calls add(output, weight) for each output that `input` reaches, in no particular order. Delay
  // passes on what it gets; Input, Output and Neurons have no map and must not be given.
  template <class Add>
  void scatter(u32 input, const Add& add) const;

  // Adds weight * values[i] to what each input i of `active` reaches in `sum`, in their order, each
  // with one rounding (fused): the same bits on every machine.
  void add_products(std::span<const u32> active, std::span<const float> values,
                    std::span<float> sum) const;

 private:
  enum class Form { identity, scale, dense, sparse, window };

  struct Geometry {  // of Convolution and Pooling
    Window window;
    u32 in_height = 1;
    u32 in_width = 1;
    u32 out_height = 1;
    u32 out_width = 1;
    u32 in_channels_of_group = 1;
    u32 out_channels_of_group = 1;
    bool shared = false;  // Pooling: one weight for all taps
  };

  // Along one axis: the outputs that each position reaches, and by which tap of the kernel.
  struct Reach {
    struct Step {
      u32 output;
      u32 tap;
    };
    std::vector<u32> begin;  // [position + 1]
    std::vector<Step> steps;
  };
  static Reach reach(u32 positions, u32 outputs, u32 kernel, u32 stride, u32 padding, u32 dilation);

  void prepare(const Node& node, const Dense& dense);
  void prepare(const Node& node, const Sparse& sparse);
  void prepare(const Node& node, const Convolution& convolution);
  void prepare(const Node& node, const Pooling& pooling);
  void prepare(const Node& node, const Scale& scale);
  template <class Kind>
  void prepare(const Node&, const Kind&) {}
  void prepare_window(const Node& node, const Window& window);
  template <class Add>
  void scatter_window(u32 input, const Add& add) const;

  Form form_ = Form::identity;
  u32 outputs_ = 1;            // of a block of Dense
  u32 inputs_ = 1;             // likewise
  std::vector<float> weight_;  // Dense: [block][input][output]; else as in the node, or one
  const Sparse* sparse_ = nullptr;
  Geometry geometry_;
  Reach reach_y_;
  Reach reach_x_;
};

template <class Add>
void LinearMap::scatter(u32 input, const Add& add) const {
  switch (form_) {
    case Form::identity:
      return add(input, 1);
    case Form::scale:
      return add(input, weight_.size() == 1 ? weight_[0] : weight_[input]);
    case Form::dense: {
      const float* row = weight_.data() + u64{input} * outputs_;
      const u32 first = input / inputs_ * outputs_;
      for (u32 o = 0; o < outputs_; ++o) add(first + o, row[o]);
      return;
    }
    case Form::sparse:
      for (u64 s = sparse_->begin[input]; s < sparse_->begin[input + 1]; ++s) {
        add(sparse_->target[s], sparse_->weight[s]);
      }
      return;
    case Form::window:
      return scatter_window(input, add);
  }
}

template <class Add>
void LinearMap::scatter_window(u32 input, const Add& add) const {
  const Geometry& g = geometry_;
  const u32 in_size = g.in_height * g.in_width;
  const u32 out_size = g.out_height * g.out_width;
  const u32 channel = input / in_size;
  const u32 y = input % in_size / g.in_width;
  const u32 x = input % g.in_width;
  const u32 group = channel / g.in_channels_of_group;
  const u32 channel_of_group = channel % g.in_channels_of_group;
  const u32 taps = g.window.kernel.y * g.window.kernel.x;
  for (u32 c = 0; c < g.out_channels_of_group; ++c) {
    const u32 out_channel = group * g.out_channels_of_group + c;
    const float* weight = weight_.data();
    if (!g.shared) {
      weight += (u64{out_channel} * g.in_channels_of_group + channel_of_group) * taps;
    }
    for (u32 i = reach_y_.begin[y]; i < reach_y_.begin[y + 1]; ++i) {
      const Reach::Step& at_y = reach_y_.steps[i];
      const u32 row = out_channel * out_size + at_y.output * g.out_width;
      for (u32 j = reach_x_.begin[x]; j < reach_x_.begin[x + 1]; ++j) {
        const Reach::Step& at_x = reach_x_.steps[j];
        const u32 tap = at_y.tap * g.window.kernel.x + at_x.tap;
        add(row + at_x.output, weight[g.shared ? 0 : tap]);
      }
    }
  }
}

}  // namespace spikefab
