// How a chip and a batch are laid out over the blocks of a device: decided once, when loading.
#pragma once

#include <optional>

#include "sim/cuda/chip_image.h"
#include "sim/cuda/device.h"

namespace spikefab::sim::cuda {

// What users may fix; 0 leaves it to make_plan.
struct PlanOptions {
  u32 warps = 0;      // per block
  u32 tiles = 0;      // blocks that share the cores of a chip
  u32 step = 0;       // ticks between barriers; above 1 only for feed-forward chips
  bool stage = true;  // cores are fetched into shared memory where they fit
};

struct LaunchPlan {
  std::string kernel;
  u32 per_lane = 0;  // neurons of a lane
  u32 parts = 0;     // warps that the largest core needs
  u32 block = 0;     // threads
  u32 grid_x = 0;    // tiles of cores
  u32 grid_y = 0;    // tiles of replicas
  u32 step = 1;
  u32 staged_cores = 0;         // at a time; 0: none
  u32 staged_bytes = 0;         // per core
  std::vector<u32> tile_begin;  // [layer * grid_x + x], and the end

  u32 layers() const { return (static_cast<u32>(tile_begin.size()) - 1) / grid_x; }
  u32 ring(u32 slots) const { return 3 * step + slots - 2; }  // see AdvanceArgs
  Launch launch() const;
};

// Throws UsageError if the options cannot be had for this chip.
LaunchPlan make_plan(const ChipImage& image, const std::string& model, u32 replicas,
                     const PlanOptions& options, Device& device);

}  // namespace spikefab::sim::cuda
