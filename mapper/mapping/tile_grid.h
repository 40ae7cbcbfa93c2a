// Ways to cut a layer into tiles, and what each costs.
#pragma once

#include <memory>
#include <vector>

#include "mapper/mapping/core_space.h"
#include "mapper/mapping/layer_order.h"
#include "mapper/mapping/reach_counter.h"

namespace spikefab {

// Tiles along each dimension; they differ by one neuron at most.
struct TileGrid {
  u32 rows = 1;
  u32 columns = 1;
  u32 slices = 1;  // of the channels

  u64 tiles() const { return u64{rows} * columns * slices; }
};

struct TileCost {
  double deliveries = 0;  // spikes per tick into the cores, from others
  u64 cores = 0;
};

class LayerTiles {
 public:
  LayerTiles(const SpikeGraph& graph, const CoreSpaceMaker& limits);

  void choose(const GraphLayer& layer);

  // Grids whose tiles have room for on a core each, as far as their middle one tells, of up to
  // `spare_percent` more tiles than it takes; the `most` of the lowest estimated cost, best first.
  // A layer without a shape has one: itself, which is filled into as many cores as it takes.
  struct Wanted {
    u32 spare_percent = 0;
    u32 most = 1;
    bool cut_channels = true;  // else only where a core has no room for those of a position
  };
  std::vector<TileGrid> candidates(const ReachCounter& reach, const Wanted& wanted);

  // All tiles, each filled into as many cores as it takes.
  TileCost cost(const TileGrid& grid, const ReachCounter& reach);
  // Row by row.
  std::vector<std::vector<u32>> tiles(const TileGrid& grid) const;
  // The cores of the tiles, for what comes before.
  std::vector<std::vector<u32>> cores(const TileGrid& grid, const ReachCounter& reach);

 private:
  struct Place {
    u32 row = 0;
    u32 column = 0;
    u32 slice = 0;
  };

  std::vector<TileGrid> grids(bool cut_channels) const;
  std::vector<u32> tile(const TileGrid& grid, Place place) const;
  std::vector<std::vector<u32>> fill(const std::vector<u32>& tile, const ReachCounter& reach);
  bool fits(const std::vector<u32>& tile, const ReachCounter& reach);
  double deliveries_into(const std::vector<u32>& core);
  double estimate(const TileGrid& grid, const ReachCounter& reach);

  const SpikeGraph& graph_;
  const CoreSpaceMaker& limits_;
  std::unique_ptr<CoreSpace> core_;
  std::vector<u32> seen_;  // [source] the last core that hears it, or that it lives on
  u32 stamp_ = 0;
  const GraphLayer* layer_ = nullptr;
  LayerMap map_;
};

}  // namespace spikefab
