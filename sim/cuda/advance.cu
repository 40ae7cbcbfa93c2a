// The kernels that run ticks, one for each neuron model and number of neurons per lane:
// advance_<model>_<per_lane>.
#include "neuron_models.h"
#include "sim/cuda/advance.cuh"

namespace spikefab::sim::cuda {

inline constexpr u32 max_block_threads = 512;

#define SPIKEFAB_ADVANCE(Model, stem, per_lane)                               \
  extern "C" __global__ void __launch_bounds__(max_block_threads, 1)          \
      advance_##stem##_##per_lane(const __grid_constant__ AdvanceArgs args) { \
    extern __shared__ __align__(32) u8 shared[];                              \
    if (args.staged_cores > 0) {                                              \
      Block<Model, per_lane, true>(args, shared).run();                       \
    } else {                                                                  \
      Block<Model, per_lane, false>(args, shared).run();                      \
    }                                                                         \
  }
#define SPIKEFAB_ADVANCE_MODEL(Model, stem) \
  SPIKEFAB_ADVANCE(Model, stem, 2)          \
  SPIKEFAB_ADVANCE(Model, stem, 8)

SPIKEFAB_FOR_EACH_NeuronModels(SPIKEFAB_ADVANCE_MODEL)

}  // namespace spikefab::sim::cuda
