// The machine code of the kernels, which the build puts into the program (cmake/Cuda.cmake).
#pragma once

#include <span>
#include <vector>

namespace spikefab::sim::cuda {

std::vector<std::span<const char>> kernel_images();

}  // namespace spikefab::sim::cuda
