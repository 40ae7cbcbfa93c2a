// A libcuda.so.1 for tests: what the cuda engine calls of the CUDA driver, on the emulated device.
// So the program itself runs its kernels where there is no GPU, and meets what a driver can say.
// FAKE_GPU_MIB is the memory of its one GPU; an empty CUDA_VISIBLE_DEVICES hides it, as with
// NVIDIA's.
#include <cuda.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "kernel_files.h"
#include "tests/device/emulated_device.h"

namespace {

using spikefab::u32;
using spikefab::u64;
using spikefab::sim::cuda::Launch;
using spikefab::test::EmulatedDevice;

std::unique_ptr<EmulatedDevice> device;

bool is_visible() {
  const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
  return visible == nullptr || *visible != '\0';
}

u64 memory_bytes() {
  const char* mib = std::getenv("FAKE_GPU_MIB");
  return u64{mib == nullptr ? 256u : static_cast<u32>(std::atoi(mib))} << 20;
}

// Runs what may fail on the device, as an error code of the driver.
template <class Call>
CUresult guarded(Call&& call) {
  try {
    call();
    return CUDA_SUCCESS;
  } catch (const spikefab::ptx::DeviceError& error) {
    std::fprintf(stderr, "fake driver: %s\n", error.what());
    return CUDA_ERROR_LAUNCH_FAILED;
  } catch (const spikefab::ResourceError&) {
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
}

// Kernels are known by their names; a CUfunction points to one.
std::map<std::string, std::string> functions;

Launch launch_of(CUfunction function, u32 grid_x, u32 grid_y, u32 block, u32 shared,
                 bool cooperative) {
  return {.kernel = *reinterpret_cast<const std::string*>(function),
          .grid_x = grid_x,
          .grid_y = grid_y,
          .block = block,
          .shared_bytes = shared,
          .cooperative = cooperative};
}

CUresult launch(const Launch& launch, void** arguments) {
  return guarded(
      [&] { device->launch(launch, arguments[0], device->argument_bytes(launch.kernel)); });
}

}  // namespace

extern "C" {

CUresult cuInit(unsigned) { return is_visible() ? CUDA_SUCCESS : CUDA_ERROR_NO_DEVICE; }

CUresult cuDriverGetVersion(int* version) {
  *version = CUDA_VERSION;
  return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult result, const char** name) {
  *name = result == CUDA_ERROR_LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_UNKNOWN";
  return CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult, const char** text) {
  *text = "an error of the fake driver";
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
  *count = 1;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice* which, int ordinal) {
  *which = ordinal;
  return ordinal == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDeviceGetName(char* name, int length, CUdevice) {
  std::snprintf(name, static_cast<std::size_t>(length), "Fake GPU");
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
  const auto info = device->info();
  switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
      *value = static_cast<int>(info.compute_capability / 10);
      break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
      *value = static_cast<int>(info.compute_capability % 10);
      break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
      *value = static_cast<int>(info.multiprocessors);
      break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
      *value = static_cast<int>(info.shared_bytes_per_block);
      break;
    default:
      return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice) {
  device = std::make_unique<EmulatedDevice>(
      spikefab::test::EmulatedDeviceOptions{.memory_bytes = memory_bytes()});
  *context = reinterpret_cast<CUcontext>(device.get());
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice) {
  device.reset();
  return CUDA_SUCCESS;
}

CUresult cuCtxSetCurrent(CUcontext context) {
  return reinterpret_cast<EmulatedDevice*>(context) == device.get() ? CUDA_SUCCESS
                                                                    : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult cuCtxSynchronize() { return CUDA_SUCCESS; }

CUresult cuMemGetInfo(std::size_t* free, std::size_t* total) {
  *free = device->free_bytes();
  *total = memory_bytes();
  return CUDA_SUCCESS;
}

CUresult cuMemAlloc(CUdeviceptr* address, std::size_t bytes) {
  return guarded([&] { *address = device->allocate(bytes); });
}

CUresult cuMemFree(CUdeviceptr address) {
  return guarded([&] { device->free(address); });
}

CUresult cuMemcpyHtoD(CUdeviceptr to, const void* from, std::size_t bytes) {
  return guarded([&] { device->upload(to, from, bytes); });
}

CUresult cuMemcpyDtoH(void* to, CUdeviceptr from, std::size_t bytes) {
  return guarded([&] { device->download(to, from, bytes); });
}

CUresult cuMemcpyDtoDAsync(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream) {
  return guarded([&] { device->copy(to, from, bytes); });
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, std::size_t bytes, CUstream) {
  return guarded([&] { device->fill(to, value, bytes); });
}

// The images are machine code; the PTX that they were made of is beside the build.
CUresult cuModuleLoadData(CUmodule* module, const void*) {
  static std::size_t loaded = 0;
#define SPIKEFAB_PTX_FILE(stem) SPIKEFAB_PTX_DIR "/" #stem ".ptx",
  const char* const files[] = {SPIKEFAB_FOR_EACH_KERNEL_FILE(SPIKEFAB_PTX_FILE)};
#undef SPIKEFAB_PTX_FILE
  if (loaded == std::size(files)) return CUDA_ERROR_INVALID_IMAGE;
  std::ifstream file(files[loaded++]);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  *module = reinterpret_cast<CUmodule>(device.get());
  return guarded([&] { device->load(text); });
}

CUresult cuModuleUnload(CUmodule) { return CUDA_SUCCESS; }

CUresult cuModuleGetFunction(CUfunction* function, CUmodule, const char* name) {
  for (const std::string& kernel : device->kernels()) {
    if (kernel != name) continue;
    *function = reinterpret_cast<CUfunction>(&functions.emplace(name, name).first->second);
    return CUDA_SUCCESS;
  }
  return CUDA_ERROR_NOT_FOUND;
}

CUresult cuFuncSetAttribute(CUfunction, CUfunction_attribute, int) { return CUDA_SUCCESS; }

CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int block,
                                                     std::size_t shared) {
  const u32 all = device->resident_blocks(
      launch_of(function, 1, 1, static_cast<u32>(block), static_cast<u32>(shared), false));
  *blocks = static_cast<int>(all / device->info().multiprocessors);
  return CUDA_SUCCESS;
}

CUresult cuLaunchKernel(CUfunction function, unsigned x, unsigned y, unsigned, unsigned block,
                        unsigned, unsigned, unsigned shared, CUstream, void** arguments, void**) {
  return launch(launch_of(function, x, y, block, shared, false), arguments);
}

CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned x, unsigned y, unsigned,
                                   unsigned block, unsigned, unsigned, unsigned shared, CUstream,
                                   void** arguments) {
  return launch(launch_of(function, x, y, block, shared, true), arguments);
}

}  // extern "C"
