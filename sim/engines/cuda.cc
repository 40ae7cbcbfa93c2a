// Makes the cuda engine known, in builds that have the kernels.
#include "base/registry.h"
#include "sim/cuda/cuda_engine.h"
#include "sim/cuda/driver_device.h"
#include "sim/cuda/kernel_images.h"

namespace spikefab::sim {
namespace {

class Cuda final : public cuda::CudaEngine {
 public:
  Cuda()
      : CudaEngine({cuda::driver_unavailable, cuda::open_driver_device, cuda::kernel_images()}) {}
};

SPIKEFAB_REGISTER(Engine, "cuda", Cuda, "an NVIDIA GPU; for large chips and batches");

}  // namespace
}  // namespace spikefab::sim
