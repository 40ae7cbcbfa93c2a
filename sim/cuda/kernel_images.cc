#include "sim/cuda/kernel_images.h"

#include "kernel_files.h"
#include "kernel_images.inc"

namespace spikefab::sim::cuda {
namespace {

// Words, so that the driver gets aligned images.
template <std::size_t words>
std::span<const char> bytes_of(const unsigned long long (&image)[words]) {
  return {reinterpret_cast<const char*>(image), sizeof image};
}

}  // namespace

std::vector<std::span<const char>> kernel_images() {
#define SPIKEFAB_IMAGE(stem) bytes_of(stem##_image),
  return {SPIKEFAB_FOR_EACH_KERNEL_FILE(SPIKEFAB_IMAGE)};
#undef SPIKEFAB_IMAGE
}

}  // namespace spikefab::sim::cuda
