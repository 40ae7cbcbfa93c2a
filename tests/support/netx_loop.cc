#include "tests/support/netx_loop.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace spikefab::test {
namespace {

constexpr u64 longest_delay = 63;

i32 of(const std::vector<i32>& values, const NetxLayer& layer, u64 neuron, i32 otherwise = 0) {
  if (values.empty()) return otherwise;
  if (values.size() == 1) return values[0];
  if (values.size() == layer.neuron_count()) return values[neuron];
  return values[neuron / (layer.shape[1] * layer.shape[2])];
}

// Decays towards zero by `decay` of 4096 [Davies et al., Loihi, IEEE Micro 2018; lava's LIF].
i32 decayed(i32 value, i32 decay) {
  const i64 magnitude = i64{std::abs(value)} * (4096 - decay) >> 12;
  return static_cast<i32>(value < 0 ? -magnitude : magnitude);
}

i32 scaled(i32 weight, i32 exponent) {
  return static_cast<i32>(std::floor(std::ldexp(weight, exponent)));
}

}  // namespace

NetxLoop::NetxLoop(const NetxNetwork& network) {
  for (const NetxLayer& layer : network.layers) layers_.push_back({.layer = &layer});
  reset();
}

void NetxLoop::reset() {
  for (Layer& layer : layers_) {
    const u64 count = layer.layer->neuron_count();
    layer.sum.assign(count, 0);
    layer.current.assign(count, 0);
    layer.voltage.assign(count, 0);
    layer.dead.assign(count, 0);
    layer.fired.clear();
    layer.given.assign(longest_delay, std::vector<i32>(count));
  }
}

std::vector<std::vector<u32>> NetxLoop::step(const std::vector<i32>& input) {
  std::vector<std::vector<u32>> spikes;
  std::vector<i32> counts = input;
  for (u64 l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    const NetxLayer& kind = *layer.layer;
    std::fill(layer.sum.begin(), layer.sum.end(), 0);
    for (u32 i = 0; i < counts.size(); ++i) {
      if (counts[i] != 0) push(layer, l == 0 ? kind : *layers_[l - 1].layer, i, counts[i]);
    }
    layer.given.pop_back();
    if (kind.neurons) {
      update(layer);
      spikes.push_back(layer.fired);
      layer.given.emplace_front(layer.sum.size());
      for (const u32 n : layer.fired) layer.given.front()[n] = 1;
    } else {
      layer.given.push_front(layer.sum);
    }
    counts = delayed(layer);
  }
  return spikes;
}

std::vector<i32> NetxLoop::delayed(const Layer& layer) {
  std::vector<i32> counts;
  for (u32 n = 0; n < layer.sum.size(); ++n) {
    const auto delay = static_cast<u32>(of(layer.layer->delay, *layer.layer, n));
    counts.push_back(layer.given[delay][n]);
  }
  return counts;
}

void NetxLoop::push(Layer& to, const NetxLayer& from, u32 element, i32 count) {
  const NetxLayer& layer = *to.layer;
  const i32 exponent = layer.neurons ? layer.neurons->weight_exponent : 0;
  switch (layer.type) {
    case NetxType::input:
      to.sum[element] += scaled(layer.weight.empty() ? 1 : layer.weight[0], exponent) * count;
      return;
    case NetxType::flatten:
      to.sum[element] += count;
      return;
    case NetxType::dense:
    case NetxType::recurrent_dense:
      for (u32 n = 0; n < to.sum.size(); ++n) {
        to.sum[n] += scaled(layer.weight[n * layer.weight_shape[1] + element], exponent) * count;
      }
      return;
    case NetxType::convolution:
    case NetxType::pooling:
      return push_window(to, from, element, count);
  }
}

// Looks at every output and every tap whether it reads the element.
void NetxLoop::push_window(Layer& to, const NetxLayer& from, u32 element, i32 count) {
  const NetxLayer& layer = *to.layer;
  const bool is_pooling = layer.type == NetxType::pooling;
  const u32 area = from.shape[1] * from.shape[2];
  const u32 channel = element / area;
  const i64 y = element % area / from.shape[2];
  const i64 x = element % from.shape[2];
  const u32 channels_in = is_pooling ? 1 : layer.weight_shape[1];
  const u32 channels_out = layer.shape[0] / (is_pooling ? layer.shape[0] : layer.groups);
  for (u32 n = 0; n < to.sum.size(); ++n) {
    const u32 out = n / (layer.shape[1] * layer.shape[2]);
    if (out / channels_out != channel / channels_in) continue;  // another group
    const i64 top = i64{n / layer.shape[2] % layer.shape[1]} * layer.rows.stride;
    const i64 left = i64{n % layer.shape[2]} * layer.columns.stride;
    for (u32 i = 0; i < layer.rows.kernel; ++i) {
      for (u32 j = 0; j < layer.columns.kernel; ++j) {
        if (top + i * layer.rows.dilation != y + layer.rows.padding) continue;
        if (left + j * layer.columns.dilation != x + layer.columns.padding) continue;
        const u32 kernel = layer.weight_shape[0] == 1 ? 0 : out;
        const u64 tap =
            ((u64{kernel} * channels_in + channel % channels_in) * layer.rows.kernel + i) *
                layer.columns.kernel +
            j;
        to.sum[n] += scaled(layer.weight[tap], layer.neurons->weight_exponent) * count;
      }
    }
  }
}

void NetxLoop::update(Layer& to) {
  const NetxLayer& layer = *to.layer;
  const NetxNeurons& neurons = *layer.neurons;
  const u64 count = to.sum.size();
  for (const u32 source : layer.recurrent_weight.empty() ? std::vector<u32>{} : to.fired) {
    for (u32 n = 0; n < count; ++n) {
      to.sum[n] += scaled(layer.recurrent_weight[n * count + source], neurons.weight_exponent);
    }
  }
  to.fired.clear();
  for (u32 n = 0; n < count; ++n) {
    to.current[n] = decayed(to.current[n], of(neurons.current_decay, layer, n)) + (to.sum[n] << 6);
    constexpr i32 limit = (1 << 23) - 1;
    const i32 drive = to.current[n] + of(layer.bias, layer, n) * 64;
    const i32 voltage = decayed(to.voltage[n], of(neurons.voltage_decay, layer, n)) + drive;
    to.voltage[n] = std::clamp(voltage, -limit, limit);
    if (to.dead[n] > 0) {
      --to.dead[n];
      to.voltage[n] = 0;
      continue;
    }
    if (to.voltage[n] <= of(neurons.threshold, layer, n) * 64) continue;
    to.voltage[n] = 0;
    to.dead[n] = static_cast<u32>(std::max(1, of(neurons.refractory_delay, layer, n, 1)) - 1);
    to.fired.push_back(n);
  }
}

}  // namespace spikefab::test
