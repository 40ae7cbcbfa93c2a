// The instruction sets that the cpu engine has code for, and which of them run on this machine.
#pragma once

#include <vector>

#include "sim/cpu/synaptic_views.h"
#include "sim/cpu/views.h"

namespace spikefab::sim::cpu {

struct Kernels {
  const char* name;
  u32 simd_bits;
  u32 popcount_from;  // see ChipView; measured for cores of 256 x 256, half connected
  RunCores (*run_cores)(u32 neuron_model);
  SynapticKernels synaptic;
};

extern const Kernels portable_kernels;
#ifdef __x86_64__
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
#endif

// Those that run here, the widest first.
std::vector<const Kernels*> usable_kernels();

}  // namespace spikefab::sim::cpu
