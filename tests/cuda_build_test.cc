// Whether this build has the CUDA kernels at all, and so the tests of them.
#include <gtest/gtest.h>

#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

TEST(CudaBuild, HasTheKernelsAndTheirTests) {
  if (exists("cuda") && exists("cuda_emulated")) return;
  skip_for_want_of("nvcc", "built without nvcc: no cuda engine, and no tests of its kernels");
}

}  // namespace
}  // namespace spikefab::test
