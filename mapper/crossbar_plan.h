// Which core of a crossbar network computes what, before anything is written: the first half of
// assemble() (mapper/crossbar_network.h).
#pragma once

#include <algorithm>
#include <vector>

#include "mapper/crossbar_network.h"

namespace spikefab {

// Calls visit(position of the layer, row in its window, column in its window) for each window that
// sees a row and column of the layer before (or the image), in the order of positions.
template <class Visit>
void for_each_window(const CrossbarLayer& layer, u32 row, u32 column, Visit&& visit) {
  // The first window that reaches up to `at`, and the last that begins at or before it.
  const auto first = [&](u32 at) {
    return at < layer.window ? 0 : (at - layer.window) / layer.stride + 1;
  };
  const auto last = [&](u32 at, u32 windows) { return std::min(at / layer.stride, windows - 1); };
  for (u32 r = first(row); r <= last(row, layer.side_rows); ++r) {
    for (u32 c = first(column); c <= last(column, layer.side_columns); ++c) {
      visit(r * layer.side_columns + c, row - r * layer.stride, column - c * layer.stride);
    }
  }
}

// Cores of one network, counted from its first; every network has as many.
struct CrossbarPlan {
  struct Layer {
    u32 first_core = 0;
    std::vector<u64> part_begin;     // [position * groups + group (+ 1)] into first_feature
    std::vector<u32> first_feature;  // [core, from first_core on]
    std::vector<u64> neurons;        // [position * groups of the next layer + group] of a feature
  };
  std::vector<Layer> layers;
  u32 cores = 0;    // of one network
  u64 neurons = 0;  // of one network
};

// Throws FitError if a core or the mesh is too small, ResourceError if memory is.
CrossbarPlan plan_cores(const CrossbarNetwork& network);

}  // namespace spikefab
