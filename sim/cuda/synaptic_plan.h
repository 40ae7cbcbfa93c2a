// How a program with synaptic memory and a batch are laid out over the blocks of a device: decided
// once, when loading.
#pragma once

#include "sim/cuda/launch_plan.h"
#include "sim/cuda/synaptic_image.h"

namespace spikefab::sim::cuda {

struct SynapticPlan {
  std::string kernel;
  u32 block = 0;   // threads
  u32 grid_x = 0;  // tiles of cores
  u32 grid_y = 0;  // tiles of replicas
  u32 shared_bytes = 0;
  bool has_accumulators = false;  // in shared memory
  bool has_inbox = false;
  std::vector<u32> tile_begin;  // [grid_x + 1] core

  Launch launch() const;
};

// Throws UsageError if the options cannot be had for this chip.
SynapticPlan make_synaptic_plan(const SynapticImage& image, const Program& program, u32 replicas,
                                const PlanOptions& options, Device& device);

}  // namespace spikefab::sim::cuda
