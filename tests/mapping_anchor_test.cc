// Unicast hops against the published costs of another tool's linear mapping: HeterGenMap [Joseph et
// al. 2023, IEEE Access], whose cost of a multi-layer perceptron on a mesh of tiles is our hops and
// those from and to an interface at tile 0.
#include <gtest/gtest.h>

#include <numeric>

#include "mapper/mapping/measures.h"

namespace spikefab::test {
namespace {

struct Anchor {
  std::vector<u32> layers;
  u32 width;
  u32 height;
  u32 depth;
  double cost;
};

SpikeGraph perceptron(const std::vector<u32>& sizes) {
  std::vector<GraphLayer> layers;
  u64 first = 0;
  for (const u32 size : sizes) {
    layers.push_back({"layer", {size}, first, size});
    first += size;
  }
  GraphBuilder builder("perceptron", layers, 0);
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    for (u64 n = 0; n < layers[l].size; ++n) {
      std::vector<u32> targets(layers[l + 1].size);
      std::iota(targets.begin(), targets.end(), static_cast<u32>(layers[l + 1].first));
      builder.add_source(targets);
    }
  }
  return builder.build();
}

// Tiles are filled to the brim, one after the other.
double linear_cost(const Anchor& anchor) {
  const SpikeGraph graph = perceptron(anchor.layers);
  const Tiles tiles = whole_mesh(anchor.width, anchor.height, anchor.depth);
  const u32 room = static_cast<u32>(divide_up(graph.neurons, tiles.size()));
  Partition partition;
  for (u32 n = 0; n < graph.neurons; ++n) partition.core.push_back(n / room);
  partition.cores = partition.core.back() + 1;
  TileOfCore tile_of_core(partition.cores);
  std::iota(tile_of_core.begin(), tile_of_core.end(), 0u);
  double cost =
      measure(graph, partition, traffic_of(graph, partition), tiles, tile_of_core).unicast.hops;
  std::vector<bool> hears(tiles.size());
  for (u32 n = 0; n < graph.layers[0].size; ++n) hears[partition.core[n]] = true;
  for (u32 t = 0; t < tiles.size(); ++t) cost += hears[t] ? tiles.hops(0, t) : 0;
  for (u64 n = graph.layers.back().first; n < graph.neurons; ++n) {
    cost += tiles.hops(partition.core[n], 0);
  }
  return cost;
}

TEST(MappingAnchor, LinearCostsAreThosePublished) {
  const std::vector<Anchor> anchors = {
      {{20, 20, 6}, 4, 4, 1, 627},         {{20, 20, 6}, 4, 2, 2, 553},
      {{2000, 2000, 96}, 4, 4, 1, 60'976}, {{2000, 2000, 96}, 4, 2, 2, 52'640},
      {{2000, 2000, 10}, 4, 4, 1, 60'140}, {{2000, 2000, 10}, 4, 2, 2, 52'090}};
  for (const Anchor& anchor : anchors) EXPECT_EQ(linear_cost(anchor), anchor.cost);
}

}  // namespace
}  // namespace spikefab::test
