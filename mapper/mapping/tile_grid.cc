#include "mapper/mapping/tile_grid.h"

#include <algorithm>
#include <utility>

namespace spikefab {
namespace {

// Numbers of tiles that cut `size` into tiles of different heights, the smallest number for each.
std::vector<u32> cuts(u32 size) {
  std::vector<u32> counts;
  u32 last_height = 0;
  for (u32 count = 1; count <= size;) {
    const u32 height = static_cast<u32>(divide_up(size, count));
    if (height != last_height) counts.push_back(count);
    last_height = height;
    // The next count with a smaller height.
    count = height == 1 ? size + 1 : static_cast<u32>(divide_up(size, height - 1));
  }
  return counts;
}

u32 begin_of(u32 tile, u32 tiles, u32 size) { return static_cast<u32>(u64{tile} * size / tiles); }

// The first, a middle and the last of a dimension, with how many tiles each stands for.
std::vector<std::pair<u32, double>> samples(u32 tiles) {
  if (tiles == 1) return {{0, 1.0}};
  if (tiles == 2) return {{0, 1.0}, {1, 1.0}};
  return {{0, 1.0}, {tiles / 2, double(tiles) - 2}, {tiles - 1, 1.0}};
}

}  // namespace

LayerTiles::LayerTiles(const SpikeGraph& graph, const CoreSpaceMaker& limits)
    : graph_(graph), limits_(limits), core_(limits.make()), seen_(graph.sources()) {}

void LayerTiles::choose(const GraphLayer& layer) {
  layer_ = &layer;
  map_ = map_of(layer);
}

std::vector<TileGrid> LayerTiles::grids(bool cut_channels) const {
  std::vector<TileGrid> grids;
  const auto size = [](u32 whole, u32 count) { return divide_up(whole, count); };
  const u64 fewest_slices = size(map_.channels, limits_.neurons);
  for (const u32 rows : cuts(map_.height)) {
    for (const u32 columns : cuts(map_.width)) {
      for (const u32 slices : cuts(map_.channels)) {
        const u64 neurons =
            size(map_.height, rows) * size(map_.width, columns) * size(map_.channels, slices);
        const bool is_allowed = cut_channels || slices <= fewest_slices;
        if (is_allowed && neurons <= limits_.neurons) grids.push_back({rows, columns, slices});
      }
    }
  }
  // Of those that cost the same, the squarest is taken: its cores have the fewest neighbours.
  const auto around = [&](const TileGrid& grid) {
    return size(map_.height, grid.rows) + size(map_.width, grid.columns);
  };
  std::stable_sort(grids.begin(), grids.end(), [&](const TileGrid& a, const TileGrid& b) {
    return std::pair(a.tiles(), around(a)) < std::pair(b.tiles(), around(b));
  });
  return grids;
}

std::vector<u32> LayerTiles::tile(const TileGrid& grid, Place place) const {
  const auto range = [](u32 number, u32 count, u32 size) {
    return std::pair(begin_of(number, count, size), begin_of(number + 1, count, size));
  };
  const auto [top, bottom] = range(place.row, grid.rows, map_.height);
  const auto [left, right] = range(place.column, grid.columns, map_.width);
  const auto [first, last] = range(place.slice, grid.slices, map_.channels);
  std::vector<u32> neurons;
  neurons.reserve(u64{bottom - top} * (right - left) * (last - first));
  for (u32 y = top; y < bottom; ++y) {
    for (u32 x = left; x < right; ++x) {
      for (u32 c = first; c < last; ++c) {
        const u64 number = (u64{c} * map_.height + y) * map_.width + x;
        neurons.push_back(static_cast<u32>(layer_->first + number));
      }
    }
  }
  return neurons;
}

std::vector<std::vector<u32>> LayerTiles::tiles(const TileGrid& grid) const {
  std::vector<std::vector<u32>> tiles;
  tiles.reserve(grid.tiles());
  for (u32 row = 0; row < grid.rows; ++row) {
    for (u32 column = 0; column < grid.columns; ++column) {
      for (u32 slice = 0; slice < grid.slices; ++slice) {
        tiles.push_back(tile(grid, {row, column, slice}));
      }
    }
  }
  return tiles;
}

// As fill_cores does. A neuron that no core has room for gets one of its own: that is reported
// when cores are filled in earnest.
std::vector<std::vector<u32>> LayerTiles::fill(const std::vector<u32>& tile,
                                               const ReachCounter& reach) {
  std::vector<std::vector<u32>> cores;
  core_->clear();
  for (const u32 neuron : tile) {
    if (cores.empty() || core_->try_add(neuron, reach.reached(neuron))) {
      core_->clear();
      core_->try_add(neuron, reach.reached(neuron));
      cores.emplace_back();
    }
    cores.back().push_back(neuron);
  }
  return cores;
}

bool LayerTiles::fits(const std::vector<u32>& tile, const ReachCounter& reach) {
  core_->clear();
  return std::none_of(tile.begin(), tile.end(), [&](u32 neuron) {
    return core_->try_add(neuron, reach.reached(neuron)).has_value();
  });
}

double LayerTiles::deliveries_into(const std::vector<u32>& core) {
  ++stamp_;
  for (const u32 neuron : core) seen_[graph_.inputs + neuron] = stamp_;
  double sum = 0;
  for (const u32 neuron : core) {
    for (const u32 source : graph_.sources_of(neuron)) {
      if (std::exchange(seen_[source], stamp_) != stamp_) sum += graph_.rate[source];
    }
  }
  return sum;
}

double LayerTiles::estimate(const TileGrid& grid, const ReachCounter& reach) {
  double sum = 0;
  for (const auto& [row, rows] : samples(grid.rows)) {
    for (const auto& [column, columns] : samples(grid.columns)) {
      // Slices mostly cost the same.
      const std::vector<u32> sample = tile(grid, {row, column, grid.slices / 2});
      for (const std::vector<u32>& core : fill(sample, reach)) {
        sum += rows * columns * grid.slices * deliveries_into(core);
      }
    }
  }
  return sum;
}

std::vector<TileGrid> LayerTiles::candidates(const ReachCounter& reach, const Wanted& wanted) {
  if (map_.is_flat) return {TileGrid{}};
  std::vector<std::pair<double, TileGrid>> found;
  u64 limit = no_limit;
  for (const TileGrid& grid : grids(wanted.cut_channels)) {
    if (grid.tiles() > limit) break;
    if (!fits(tile(grid, {grid.rows / 2, grid.columns / 2, grid.slices / 2}), reach)) continue;
    if (found.empty()) limit = grid.tiles() + grid.tiles() * wanted.spare_percent / 100;
    found.emplace_back(estimate(grid, reach), grid);
  }
  if (found.empty()) return {TileGrid{}};
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<TileGrid> best;
  for (u32 i = 0; i < std::min<std::size_t>(wanted.most, found.size()); ++i) {
    best.push_back(found[i].second);
  }
  return best;
}

TileCost LayerTiles::cost(const TileGrid& grid, const ReachCounter& reach) {
  TileCost sum;
  for (const std::vector<u32>& core : cores(grid, reach)) {
    sum.deliveries += deliveries_into(core);
    ++sum.cores;
  }
  return sum;
}

std::vector<std::vector<u32>> LayerTiles::cores(const TileGrid& grid, const ReachCounter& reach) {
  std::vector<std::vector<u32>> cores;
  // From the last to the first, as fill_cores does, with the same result.
  for (const std::vector<u32>& neurons : tiles(grid)) {
    for (std::vector<u32>& core : fill(neurons, reach)) cores.push_back(std::move(core));
  }
  return cores;
}

}  // namespace spikefab
