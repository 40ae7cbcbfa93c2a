// What no mapping can beat: every figure of mapper/mapping/measures.h is to be read as so many
// times a bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapper/mapping/core_traffic.h"
#include "mapper/mapping/placer.h"
#include "mapper/mapping/spike_graph.h"
#include "mapper/mapping/tiles.h"

namespace spikefab {

enum class BoundKind {
  demand,          // cores: what all neurons need of the scarcest resource
  out_degree,      // deliveries: the targets of a neuron do not fit on fewer cores
  deliveries,      // hops: each delivery crosses a link
  star,            // hops: each core for itself on the best tile, the others closest by flow
  gilmore_lawler,  // hops: the same, with each core on another tile
  placed_trees,    // hops of trees, where the cores are: boxes and spanning trees of the targets
  mean_link,       // busiest link: as if hops were even on all of them
  links_of_core,   // busiest link: what one core sends or hears, even on the links of its tile
};

std::string_view name_of(BoundKind kind);

// A figure of 0 or more that cannot be undercut.
struct Bound {
  double value = 0;
  BoundKind kind = BoundKind::deliveries;
};

// How many times the bound a figure is: 1 is best. None if the bound is 0 but the figure is not.
std::optional<double> times_bound(double figure, const Bound& bound);

// What the neurons of each layer need of a resource together, at least.
struct ResourceDemand {
  std::string name;
  u64 have = 0;  // of each core
  std::vector<u64> of_layer;
};

enum class CoreSharing { any_layers, one_layer };  // whose neurons may share a core

Bound core_bound(const std::vector<ResourceDemand>& demands, CoreSharing sharing);

// Of all partitions; `neurons_per_core` or no_limit.
Bound deliveries_bound(const SpikeGraph& graph, u32 neurons_per_core);

// Of all placements of a partition.
Bound delivered_hops_bound(const CoreTraffic& traffic);  // of unicast and of trees
Bound star_bound(const CoreFlows& flows, const Tiles& tiles);
Bound gilmore_lawler_bound(const CoreFlows& flows, const Tiles& tiles);

// Gilmore-Lawler, or the star bound where that takes too long (seconds): above about 1,500 cores.
Bound unicast_hops_bound(const CoreFlows& flows, const Tiles& tiles);

// Of all ways to route trees in a placement: what is above it is lost by going x first.
Bound placed_trees_bound(const CoreTraffic& traffic, const Tiles& tiles,
                         const TileOfCore& tile_of_core);

// Load of the busiest link, of all placements; `hops`: a bound on them.
Bound unicast_link_bound(const CoreTraffic& traffic, const Tiles& tiles, const Bound& hops);
Bound tree_link_bound(const CoreTraffic& traffic, const Tiles& tiles, const Bound& hops);

// All of them for one mapping, but cores.
struct Bounds {
  Bound deliveries;
  Bound unicast_hops;
  Bound tree_hops;
  Bound placed_tree_hops;
  Bound unicast_link;
  Bound tree_link;
};

Bounds bounds_of(const SpikeGraph& graph, u32 neurons_per_core, const CoreTraffic& traffic,
                 const CoreFlows& flows, const Tiles& tiles, const TileOfCore& tile_of_core);

}  // namespace spikefab
