#include "sim/cuda/driver_device.h"

#include <map>
#include <vector>

#include "base/error.h"
#include "sim/cuda/driver_api.h"

namespace spikefab::sim::cuda {
namespace {

// All work is in the default stream of the primary context, hence in order.
class DriverDevice final : public Device {
 public:
  DriverDevice(const DriverApi& api, u32 index) : api_(api) {
    check(api_.cuDeviceGet(&device_, static_cast<int>(index)), "no GPU " + std::to_string(index));
    check(api_.cuDevicePrimaryCtxRetain(&context_, device_), "the GPU cannot be used");
    make_current();
  }

  ~DriverDevice() override {
    api_.cuCtxSetCurrent(context_);
    for (const CUmodule module : modules_) api_.cuModuleUnload(module);
    api_.cuDevicePrimaryCtxRelease(device_);
  }

  DeviceInfo info() const override {
    char name[128] = {};
    check(api_.cuDeviceGetName(name, sizeof name - 1, device_), "the GPU's name");
    const u32 major = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    const u32 minor = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    return {
        .name = name,
        .compute_capability = major * 10 + minor,
        .multiprocessors = attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        .shared_bytes_per_block = attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN)};
  }

  u64 free_bytes() const override {
    make_current();
    std::size_t free = 0;
    std::size_t total = 0;
    check(api_.cuMemGetInfo(&free, &total), "the GPU's free memory");
    return free;
  }

  Address allocate(u64 bytes) override {
    make_current();
    CUdeviceptr address = 0;
    const CUresult result = api_.cuMemAlloc(&address, bytes);
    if (result == CUDA_ERROR_OUT_OF_MEMORY) {
      throw ResourceError("the GPU has no " + std::to_string((bytes >> 20) + 1) +
                          " MiB of memory in one piece (" + std::to_string(free_bytes() >> 20) +
                          " MiB are free)");
    }
    check(result, "GPU memory");
    return address;
  }

  void free(Address address) override {
    api_.cuCtxSetCurrent(context_);
    api_.cuMemFree(address);  // an error here is one of an earlier launch, and was reported
  }

  void upload(Address to, const void* from, u64 bytes) override {
    make_current();
    check(api_.cuMemcpyHtoD(to, from, bytes), "a copy to the GPU");
  }
  void download(void* to, Address from, u64 bytes) override {
    make_current();
    check(api_.cuMemcpyDtoH(to, from, bytes), "a copy from the GPU");
  }
  void copy(Address to, Address from, u64 bytes) override {
    make_current();
    check(api_.cuMemcpyDtoDAsync(to, from, bytes, nullptr), "a copy on the GPU");
  }
  void fill(Address to, u8 value, u64 bytes) override {
    make_current();
    check(api_.cuMemsetD8Async(to, value, bytes, nullptr), "a fill on the GPU");
  }

  void load(std::span<const char> image) override {
    make_current();
    CUmodule module = nullptr;
    const CUresult result = api_.cuModuleLoadData(&module, image.data());
    if (result != CUDA_SUCCESS) {
      const DeviceInfo facts = info();
      int driver = 0;
      api_.cuDriverGetVersion(&driver);
      check(result, "the kernels cannot be loaded on " + facts.name + " (compute capability " +
                        std::to_string(facts.compute_capability / 10) + "." +
                        std::to_string(facts.compute_capability % 10) +
                        ", at least 7.5 is needed; the driver is for CUDA " +
                        std::to_string(driver / 1000) + ", the kernels for CUDA " +
                        std::to_string(CUDA_VERSION / 1000) + ")");
    }
    modules_.push_back(module);
  }

  u32 resident_blocks(const Launch& launch) override {
    make_current();
    int blocks = 0;
    check(api_.cuOccupancyMaxActiveBlocksPerMultiprocessor(
              &blocks, function(launch), static_cast<int>(launch.block), launch.shared_bytes),
          "the occupancy of kernel " + launch.kernel);
    return static_cast<u32>(blocks) * attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  }

  using Device::launch;
  void launch(const Launch& l, const void* arguments, u64) override {
    make_current();
    void* parameters[] = {const_cast<void*>(arguments)};
    const CUfunction kernel = function(l);
    const CUresult result =
        l.cooperative ? api_.cuLaunchCooperativeKernel(kernel, l.grid_x, l.grid_y, 1, l.block, 1, 1,
                                                       l.shared_bytes, nullptr, parameters)
                      : api_.cuLaunchKernel(kernel, l.grid_x, l.grid_y, 1, l.block, 1, 1,
                                            l.shared_bytes, nullptr, parameters, nullptr);
    check(result, "the launch of kernel " + l.kernel);
  }

  void synchronize() override {
    make_current();
    check(api_.cuCtxSynchronize(), "the kernels");
  }

 private:
  void check(CUresult result, const std::string& what) const { api_.check(result, what); }
  void make_current() const { check(api_.cuCtxSetCurrent(context_), "the GPU's context"); }

  u32 attribute(CUdevice_attribute which) const {
    int value = 0;
    check(api_.cuDeviceGetAttribute(&value, which, device_), "the GPU's properties");
    return static_cast<u32>(value);
  }

  // The kernel, allowed to use the shared memory of the launch.
  CUfunction function(const Launch& launch) {
    CUfunction& function = functions_[launch.kernel];
    for (u64 m = 0; function == nullptr && m < modules_.size(); ++m) {
      const CUresult result =
          api_.cuModuleGetFunction(&function, modules_[m], launch.kernel.c_str());
      if (result != CUDA_ERROR_NOT_FOUND) check(result, "kernel " + launch.kernel);
    }
    SPIKEFAB_ASSERT(function != nullptr);
    check(api_.cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                  static_cast<int>(launch.shared_bytes)),
          "shared memory for kernel " + launch.kernel);
    return function;
  }

  const DriverApi& api_;
  CUdevice device_ = 0;
  CUcontext context_ = nullptr;
  std::vector<CUmodule> modules_;
  std::map<std::string, CUfunction> functions_;
};

}  // namespace

std::optional<std::string> driver_unavailable() {
  const FoundDriver& driver = find_driver();
  if (!driver.api) return driver.why_not;
  return std::nullopt;
}

std::unique_ptr<Device> open_driver_device(u32 index) {
  const FoundDriver& driver = find_driver();
  if (!driver.api) throw ResourceError("engine cuda: " + driver.why_not);
  if (index >= static_cast<u32>(driver.devices)) {
    throw UsageError("engine cuda: device = " + std::to_string(index) + " (must be 0.." +
                     std::to_string(driver.devices - 1) + ": the GPUs that the driver shows)");
  }
  return std::make_unique<DriverDevice>(*driver.api, index);
}

}  // namespace spikefab::sim::cuda
