#include "tests/support/crossbar_oracle.h"

namespace spikefab::test {
namespace {

// Rows, columns and channels of spikes: [row][column][channel].
struct Plane {
  u32 columns = 0;
  u32 channels = 0;
  Bits bits;
  bool at(u32 row, u32 column, u32 channel) const {
    return bits[(row * columns + column) * channels + channel];
  }
};

// Whether the feature at a position of the layer fires, given what it sees.
bool fires(const CrossbarLayer& layer, const CrossbarWeights& weights, u32 types, u32 feature,
           u32 row, u32 column, const Plane& seen) {
  const u32 group = feature / (layer.features / layer.groups);
  i64 sum = weights.leak[feature];
  for (u32 axon = 0; axon < layer.inputs * layer.copies; ++axon) {
    const u64 word =
        weights.connections[feature * ((layer.inputs * layer.copies + 63) / 64) + axon / 64];
    if ((word >> axon % 64 & 1) == 0) continue;
    const u32 input = axon / layer.copies;
    const u32 window_column = input % layer.window;
    const u32 window_row = input / layer.window % layer.window;
    const u32 channel = input / (layer.window * layer.window) * layer.groups + group;
    if (seen.at(row * layer.stride + window_row, column * layer.stride + window_column, channel)) {
      sum += weights.weight[feature * types + axon % types];
    }
  }
  return sum >= 0;
}

Plane layer_output(const CrossbarLayer& layer, const CrossbarWeights& weights, u32 types,
                   const Plane& seen) {
  Plane out{layer.side_columns, layer.features, {}};
  for (u32 row = 0; row < layer.side_rows; ++row) {
    for (u32 column = 0; column < layer.side_columns; ++column) {
      for (u32 f = 0; f < layer.features; ++f) {
        out.bits.push_back(fires(layer, weights, types, f, row, column, seen));
      }
    }
  }
  return out;
}

}  // namespace

std::vector<Bits> crossbar_outputs(const CrossbarNetwork& network, const std::vector<Bits>& frames,
                                   u64 ticks) {
  std::vector<Bits> shown(ticks);
  for (const auto& weights : network.networks) {
    std::vector<Plane> before;  // what each layer put out in the tick before
    for (const CrossbarLayer& layer : network.layers) {
      const u32 size = layer.side_rows * layer.side_columns * layer.features;
      before.push_back({layer.side_columns, layer.features, Bits(size)});
    }
    for (u64 tick = 0; tick < ticks; ++tick) {
      shown[tick].insert(shown[tick].end(), before.back().bits.begin(), before.back().bits.end());
      Plane image{network.columns, 1, Bits(network.rows * network.columns)};
      if (tick < frames.size()) image.bits = frames[tick];
      std::vector<Plane> now;
      for (std::size_t l = 0; l < network.layers.size(); ++l) {
        now.push_back(layer_output(network.layers[l], weights[l], network.chip.weights,
                                   l == 0 ? image : before[l - 1]));
      }
      before = now;
    }
  }
  return shown;
}

}  // namespace spikefab::test
