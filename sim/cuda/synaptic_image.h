// What the kernels read of a program with synaptic memory in another form than the program has it
// (sim/cuda/synaptic_args.h), in host memory. Synapses and targets are read as they are.
#pragma once

#include <vector>

#include "arch/stimulus.h"
#include "sim/cuda/synaptic_args.h"
#include "sim/host_program.h"

namespace spikefab::sim::cuda {

inline constexpr u64 most_arrivals_in_inbox = u64{1} << 31;

struct SynapticImage {
  std::vector<SynapticCore> cores;    // [core + 1]
  std::vector<SynapticParam> params;  // [core][param]
  std::vector<i32> param_values;      // of those that differ in a core: [its neurons]
  std::vector<SynapticEvent> events;
  u64 inbox_size = 0;  // arrivals in a tick, at most, at all cores
};

// Throws ResourceError if there is more of anything than the kernels can number.
SynapticImage make_synaptic_image(const HostProgram& host, const Stimulus& stimulus);

}  // namespace spikefab::sim::cuda
