// A GPU through the CUDA driver.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/cuda/device.h"

namespace spikefab::sim::cuda {

// Why no GPU can be had, or nothing.
std::optional<std::string> driver_unavailable();

// The GPU with this number, as CUDA_VISIBLE_DEVICES leaves them. Throws ResourceError.
std::unique_ptr<Device> open_driver_device(u32 index);

}  // namespace spikefab::sim::cuda
