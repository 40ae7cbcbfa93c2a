// The CUDA driver, found at run time: one program runs with and without it. Types and names are
// those of cuda.h, which the build needs; the library is not linked.
#pragma once

#include <cuda.h>

#include <optional>
#include <string>

namespace spikefab::sim::cuda {

// Every function that is used. cuda.h maps some names to versions (cuMemAlloc is cuMemAlloc_v2);
// both the type and the symbol are those of the mapped name.
#define SPIKEFAB_DRIVER_FUNCTIONS(f)                                                              \
  f(cuInit) f(cuDriverGetVersion) f(cuGetErrorName) f(cuGetErrorString) f(cuDeviceGetCount)       \
      f(cuDeviceGet) f(cuDeviceGetName) f(cuDeviceGetAttribute) f(cuDevicePrimaryCtxRetain)       \
          f(cuDevicePrimaryCtxRelease) f(cuCtxSetCurrent) f(cuCtxSynchronize) f(cuMemGetInfo)     \
              f(cuMemAlloc) f(cuMemFree) f(cuMemcpyHtoD) f(cuMemcpyDtoH) f(cuMemcpyDtoDAsync)     \
                  f(cuMemsetD8Async) f(cuModuleLoadData) f(cuModuleUnload) f(cuModuleGetFunction) \
                      f(cuFuncSetAttribute) f(cuOccupancyMaxActiveBlocksPerMultiprocessor)        \
                          f(cuLaunchKernel) f(cuLaunchCooperativeKernel)

struct DriverApi {
#define SPIKEFAB_DECLARE(name) decltype(&::name) name = nullptr;
  SPIKEFAB_DRIVER_FUNCTIONS(SPIKEFAB_DECLARE)
#undef SPIKEFAB_DECLARE

  // Throws ResourceError "<what>: <name of the error>, <its text>" unless the result is success.
  void check(CUresult result, const std::string& what) const;
};

// The driver with at least one GPU, or why there is none. Looked for once.
struct FoundDriver {
  std::optional<DriverApi> api;
  std::string why_not;
  int devices = 0;
};
const FoundDriver& find_driver();

}  // namespace spikefab::sim::cuda
