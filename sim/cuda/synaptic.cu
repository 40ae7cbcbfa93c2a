// The kernels that run ticks of cores with synaptic memory, one for each way: synaptic_<way>.
#include "sim/cuda/synaptic.cuh"

namespace spikefab::sim::cuda {

inline constexpr u32 max_block_threads = 512;

#define SPIKEFAB_SYNAPTIC(way)                                       \
  extern "C" __global__ void __launch_bounds__(max_block_threads, 1) \
      synaptic_##way(const __grid_constant__ SynapticArgs args) {    \
    extern __shared__ __align__(32) u8 shared[];                     \
    SynapticBlock<SynapticWay::way>(args, shared).run();             \
  }

SPIKEFAB_SYNAPTIC(global)
SPIKEFAB_SYNAPTIC(shared)
SPIKEFAB_SYNAPTIC(inbox)

}  // namespace spikefab::sim::cuda
