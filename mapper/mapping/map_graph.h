// From who hears whom to cores on tiles: partition, fill, place.
#pragma once

#include <string>

#include "mapper/mapping/fill_cores.h"
#include "mapper/mapping/placer.h"

namespace spikefab {

// Chains of strategies (mapper/mapping/strategy.h).
struct MappingChoice {
  std::string partitioner = "layer_sequential:order=2";
  std::string placer = "row_major";
  u64 seed = 1;
};

struct Mapping {
  FilledCores cores;
  Partition partition;
  CoreTraffic traffic;
  CoreFlows flows;
  TileOfCore tile_of_core;
};

// Throws FitError if a neuron fits no core, or if there are more cores than usable tiles, with
// layers, resources, have and need; UsageError and InputError for strategies. `lines`: of the
// output bus, for each neuron, or empty.
Mapping map_graph(const SpikeGraph& graph, const CoreSpaceMaker& limits, const Tiles& tiles,
                  const MappingChoice& choice, const std::vector<u8>& lines = {});

// The first two steps, for those who place by several strategies.
FilledCores cores_by(const std::string& partitioner, const SpikeGraph& graph,
                     const CoreSpaceMaker& limits, u64 seed, const std::vector<u8>& lines = {});
void check_tiles(const SpikeGraph& graph, const CoreSpaceMaker& limits, const FilledCores& cores,
                 const Tiles& tiles);

}  // namespace spikefab
