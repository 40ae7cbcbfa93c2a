#include "mapper/linear_ops.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab {
namespace {

// A window needs height and width; channels x width has height 1.
u32 height_of(const Shape& shape) { return shape.size() == 3 ? shape[1] : 1; }
u32 width_of(const Shape& shape) { return shape.back(); }

}  // namespace

LinearMap::LinearMap(const Node& node) {
  SPIKEFAB_ASSERT(node.is_linear());
  std::visit([&](const auto& kind) { prepare(node, kind); }, node.kind);
}

void LinearMap::prepare(const Node&, const Dense& dense) {
  form_ = Form::dense;
  outputs_ = dense.outputs;
  inputs_ = dense.inputs;
  check_available_memory(dense.weight.size() * sizeof(float), "a matrix of weights");
  weight_.resize(dense.weight.size());
  const u64 block_size = u64{outputs_} * inputs_;
  for (u32 b = 0; b < dense.blocks; ++b) {
    const float* from = dense.weight.data() + b * block_size;
    float* to = weight_.data() + b * block_size;
    for (u64 o = 0; o < outputs_; ++o) {
      for (u64 i = 0; i < inputs_; ++i) to[i * outputs_ + o] = from[o * inputs_ + i];
    }
  }
}

void LinearMap::prepare(const Node&, const Sparse& sparse) {
  form_ = Form::sparse;
  sparse_ = &sparse;
}

void LinearMap::prepare(const Node&, const Scale& scale) {
  form_ = Form::scale;
  weight_ = scale.factor;
}

void LinearMap::prepare(const Node& node, const Convolution& convolution) {
  prepare_window(node, convolution.window);
  geometry_.in_channels_of_group = node.input_shape[0] / convolution.groups;
  geometry_.out_channels_of_group = node.output_shape[0] / convolution.groups;
  weight_ = convolution.weight;
}

void LinearMap::prepare(const Node& node, const Pooling& pooling) {
  prepare_window(node, pooling.window);
  geometry_.shared = true;
  const Extent kernel = pooling.window.kernel;
  weight_ = {pooling.mean ? 1 / (static_cast<float>(kernel.y) * static_cast<float>(kernel.x)) : 1};
}

void LinearMap::prepare_window(const Node& node, const Window& window) {
  form_ = Form::window;
  geometry_.window = window;
  geometry_.in_height = height_of(node.input_shape);
  geometry_.in_width = width_of(node.input_shape);
  geometry_.out_height = height_of(node.output_shape);
  geometry_.out_width = width_of(node.output_shape);
  reach_y_ = reach(geometry_.in_height, geometry_.out_height, window.kernel.y, window.stride.y,
                   window.padding.y, window.dilation.y);
  reach_x_ = reach(geometry_.in_width, geometry_.out_width, window.kernel.x, window.stride.x,
                   window.padding.x, window.dilation.x);
}

LinearMap::Reach LinearMap::reach(u32 positions, u32 outputs, u32 kernel, u32 stride, u32 padding,
                                  u32 dilation) {
  // Taps that lie at outputs are stride / gcd apart.
  const u64 per_position =
      std::min<u64>(outputs, u64{kernel} * std::gcd(stride, dilation) / stride + 1);
  check_available_memory(checked_product({positions, per_position, sizeof(Reach::Step)}),
                         "the windows of a convolution or pooling");
  Reach reach;
  reach.begin = {0};
  const u64 span = (u64{kernel} - 1) * dilation;
  for (u32 position = 0; position < positions; ++position) {
    // Output o reaches from o * stride; its tap is where `position` lies in it. What is farther
    // apart, outputs or taps, is gone through, as there are fewer of them.
    const u64 padded = u64{position} + padding;
    const u64 first = padded > span ? divide_up(padded - span, stride) : 0;
    const u64 end = std::min<u64>(outputs, padded / stride + 1);
    const auto add = [&](u64 output, u64 tap) {
      reach.steps.push_back({static_cast<u32>(output), static_cast<u32>(tap)});
    };
    if (stride >= dilation) {
      for (u64 o = first; o < end; ++o) {
        const u64 distance = padded - o * stride;
        if (distance % dilation == 0) add(o, distance / dilation);
      }
    } else if (first < end) {
      const u64 first_tap = divide_up(padded - (end - 1) * stride, dilation);
      for (u64 tap = (padded - first * stride) / dilation + 1; tap-- > first_tap;) {
        const u64 distance = padded - tap * dilation;
        if (distance % stride == 0) add(distance / stride, tap);
      }
    }
    reach.begin.push_back(static_cast<u32>(reach.steps.size()));
  }
  return reach;
}

void LinearMap::add_products(std::span<const u32> active, std::span<const float> values,
                             std::span<float> sum) const {
  for (const u32 input : active) {
    const float value = values[input];
    if (value == 1) {  // a spike, mostly
      scatter(input, [&](u32 output, float weight) { sum[output] += weight; });
    } else {
      scatter(input, [&](u32 output, float weight) {
        sum[output] = std::fma(weight, value, sum[output]);
      });
    }
  }
}

}  // namespace spikefab
