// Collects what stands in a RANC input file, core by core, and turns it into a Program.
#pragma once

#include <vector>

#include "mapper/importers/ranc.h"

namespace spikefab {

// A neuron as the file has it; the target is still relative to its core.
struct RancNeuron {
  i32 leak = 0;
  i32 positive_threshold = 1;
  i32 negative_threshold = 0;
  i32 reset_potential = 0;
  i32 potential = 0;
  i32 reset_mode = 0;
  i32 dx = 0;
  i32 dy = 0;
  i32 axon = 0;
  i32 delay = 0;
};

struct RancCore {
  u32 file_index = 0;  // cores[file_index], for messages
  u32 position = 0;
  std::vector<u8> axon_type;        // [listed axon]
  std::vector<RancNeuron> neurons;  // [listed neuron]
  std::vector<i32> weights;         // [listed neuron][weight]
  std::vector<u64> crossbar;        // [axon][word of listed neurons]
};

struct RancBus {
  u32 position = 0;
  u32 lines = 0;
};

// Cores in any order, at distinct positions other than the bus; all targets must be on the mesh.
// `targeted` adds cores that only receive. IdleCores::kept adds all others of the mesh, and fills
// every core up with RANC's default neurons.
Program build_program(const Chip& chip, const RancBus& bus, std::vector<RancCore> cores,
                      const std::vector<u32>& targeted, IdleCores idle);

}  // namespace spikefab
