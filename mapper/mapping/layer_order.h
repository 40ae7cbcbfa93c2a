// Orders of the neurons of a layer: which of them shall be neighbours on cores.
#pragma once

#include <vector>

#include "mapper/mapping/spike_graph.h"

namespace spikefab {

// A layer as feature maps; flat ones are a single row of `size` neurons.
struct LayerMap {
  u32 channels = 1;
  u32 height = 1;
  u32 width = 1;
  bool is_flat = false;
};

LayerMap map_of(const GraphLayer& layer);

// by_position: all channels of a position side by side (HWC); by_channel: as they are numbered
// (CHW); in_strips: strips as high as the square that a core has room for, column by column, all
// channels of a position side by side.
enum class LayerOrder { by_position, by_channel, in_strips };

// Neurons of the graph, each of the layer once.
std::vector<u32> ordered(const GraphLayer& layer, LayerOrder order, u32 neurons_per_core);

}  // namespace spikefab
