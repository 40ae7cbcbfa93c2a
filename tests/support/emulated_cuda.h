// The cuda engine on the emulated device, as one more engine of the tests: cuda_emulated. It runs
// the PTX that the build made of the kernels, and the host's code as it is.
#pragma once

#include <string>

#include "sim/cuda/cuda_engine.h"
#include "tests/device/emulated_device.h"

namespace spikefab::test {

// The PTX of all kernels, one text per file of kernels.
const std::vector<std::string>& kernel_ptx();

// Options of cuda, and `schedule`, one of ptx::Schedule.
class EmulatedCuda : public sim::cuda::CudaEngine {
 public:
  EmulatedCuda() : EmulatedCuda(EmulatedDeviceOptions{}, kernel_ptx()) {}
  EmulatedCuda(const EmulatedDeviceOptions& options, const std::vector<std::string>& ptx);

  std::vector<ParamSpec> options() const override;
  void configure(const std::vector<i32>& values) override;

  // Of what is loaded, or nothing.
  EmulatedDevice* emulated() { return shared_->device; }

 private:
  struct Shared {
    EmulatedDeviceOptions options;
    EmulatedDevice* device = nullptr;
  };
  EmulatedCuda(std::shared_ptr<Shared> shared, const std::vector<std::string>& ptx);

  std::shared_ptr<Shared> shared_;
};

}  // namespace spikefab::test
