#include "sim/cuda/kernel_images.h"

#include "kernel_images/advance.inc"
#include "kernel_images/digest.inc"

namespace spikefab::sim::cuda {
namespace {

// Words, so that the driver gets aligned images.
template <std::size_t words>
std::span<const char> bytes_of(const unsigned long long (&image)[words]) {
  return {reinterpret_cast<const char*>(image), sizeof image};
}

}  // namespace

std::vector<std::span<const char>> kernel_images() {
  return {bytes_of(advance_image), bytes_of(digest_image)};
}

}  // namespace spikefab::sim::cuda
