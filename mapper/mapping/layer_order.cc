#include "mapper/mapping/layer_order.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace spikefab {

LayerMap map_of(const GraphLayer& layer) {
  const Shape& shape = layer.shape;
  const bool has_shape = shape.size() == 2 || shape.size() == 3;
  LayerMap map = {1, 1, static_cast<u32>(layer.size), true};
  if (has_shape &&
      u64{shape.front()} * shape.back() * (shape.size() == 3 ? shape[1] : 1) == layer.size) {
    map = {shape.size() == 3 ? shape[0] : 1, shape[shape.size() - 2], shape.back(), false};
  }
  return map;
}

std::vector<u32> ordered(const GraphLayer& layer, LayerOrder order, u32 neurons_per_core) {
  LayerMap map = map_of(layer);
  // Strips take two dimensions as channels x positions: columns of a sheet stay together.
  if (order == LayerOrder::in_strips && layer.shape.size() == 2)
    std::swap(map.channels, map.height);
  if (order == LayerOrder::by_channel) map = {1, 1, static_cast<u32>(layer.size), true};
  const double positions = double(neurons_per_core) / std::max(map.channels, 1u);
  const u32 strip = order == LayerOrder::in_strips
                        ? std::max(1u, static_cast<u32>(std::sqrt(std::max(positions, 1.0))))
                        : 1;
  std::vector<u32> neurons;
  neurons.reserve(layer.size);
  for (u32 top = 0; top < map.height; top += std::min(strip, map.height - top)) {
    for (u32 x = 0; x < map.width; ++x) {
      for (u32 y = top; y < top + std::min(strip, map.height - top); ++y) {
        for (u32 c = 0; c < map.channels; ++c) {
          const u64 number = (u64{c} * map.height + y) * map.width + x;
          neurons.push_back(static_cast<u32>(layer.first + number));
        }
      }
    }
  }
  return neurons;
}

}  // namespace spikefab
