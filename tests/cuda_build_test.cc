// Whether this build has the CUDA kernels at all, and so the tests of them.
#include <gtest/gtest.h>

#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

TEST(CudaBuild, HasTheKernelsAndTheirTests) {
  if (exists("cuda") && exists("cuda_emulated")) return;
  if (is_required("nvcc")) FAIL() << "nvcc is required, but this build is without";
  GTEST_SKIP() << "built without nvcc: no cuda engine, and no tests of its kernels";
}

}  // namespace
}  // namespace spikefab::test
