// The argument of the kernels in device_kernels.cu; each uses some of it.
#pragma once

#include "base/hd.h"

namespace spikefab::test {

struct DeviceKernelArgs {
  const u32* in;
  u32* out;
  u64* wide;
  u32* arrivals;
  const u32* rows;
  u32 n;
};

}  // namespace spikefab::test
