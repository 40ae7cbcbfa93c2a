// A program in the layouts that the kernels read (sim/cuda/kernel_args.h), in host memory.
#pragma once

#include <vector>

#include "sim/axon_order.h"
#include "sim/cuda/kernel_args.h"
#include "sim/host_program.h"

namespace spikefab::sim::cuda {

struct ChipImage {
  std::vector<CoreRecord> records;  // [device core]: those of layer 0 first, then those of layer 1
  std::vector<u32> program_core;    // [device core] index in the program
  std::vector<u32> device_core;     // [core of the program]
  std::vector<u32> layer_begin;     // [layer + 1] device core
  std::vector<u32> position;        // [device core] mesh index
  std::vector<u32> place;           // [device core][axon] place in the waiting spikes
  std::vector<u8> blobs;            // the constants of the cores
  u32 words = 0;                    // 32-bit words of waiting spikes per core
  u64 padded_neurons = 0;
  u32 largest_padded = 0;  // of one core
  u32 largest_blob = 0;    // bytes

  u32 cores() const { return static_cast<u32>(records.size()); }
  u32 layers() const { return static_cast<u32>(layer_begin.size()) - 1; }
};

// How much the image will take, without taking it.
u64 chip_image_bytes(const Program& program, const AxonOrder& order);

ChipImage make_chip_image(const HostProgram& host, const AxonOrder& order);

// Where a spike to this place goes; hops are those of the way.
Target make_target(const ChipImage& image, const Program& program, CoreId core, AxonId axon,
                   u32 delay, u32 hops);

}  // namespace spikefab::sim::cuda
