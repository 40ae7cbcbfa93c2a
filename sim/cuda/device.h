// A GPU as the cuda engine uses it: memory, copies, kernels. Two implement it: the CUDA driver
// (sim/cuda/driver_device.cc) and the emulated device of the tests (tests/device/).
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/hd.h"

namespace spikefab::sim::cuda {

using Address = u64;  // of memory of the device; 0: none

struct DeviceInfo {
  std::string name;
  u32 compute_capability = 0;  // 90 is 9.0
  u32 multiprocessors = 0;
  u64 shared_bytes_per_block = 0;  // at most, when a kernel asks for it
};

// Which kernel and how many threads. All blocks of a cooperative launch run at the same time, so
// that they may wait for each other; there must be no more than resident_blocks() of them.
struct Launch {
  std::string kernel;
  u32 grid_x = 1;
  u32 grid_y = 1;
  u32 block = 1;         // threads, a multiple of 32
  u32 shared_bytes = 0;  // dynamic
  bool cooperative = false;
};

// Errors of the device are ResourceErrors. Copies, fills and launches happen in the order of the
// calls; only download() and synchronize() wait for them.
class Device {
 public:
  virtual ~Device() = default;

  virtual DeviceInfo info() const = 0;
  virtual u64 free_bytes() const = 0;

  // Aligned to 256 bytes, contents undefined. Throws ResourceError with need and have.
  virtual Address allocate(u64 bytes) = 0;
  virtual void free(Address address) = 0;

  virtual void upload(Address to, const void* from, u64 bytes) = 0;
  virtual void download(void* to, Address from, u64 bytes) = 0;
  virtual void copy(Address to, Address from, u64 bytes) = 0;
  virtual void fill(Address to, u8 value, u64 bytes) = 0;

  // Makes the kernels of an image (what sim/cuda/kernel_images.h holds) known by their names.
  virtual void load(std::span<const char> image) = 0;

  // How many blocks of this launch run at the same time on the whole device.
  virtual u32 resident_blocks(const Launch& launch) = 0;

  // `arguments` is the kernel's one parameter, a struct passed by value; it is copied.
  virtual void launch(const Launch& launch, const void* arguments, u64 bytes) = 0;
  template <class Arguments>
  void launch(const Launch& launch_of, const Arguments& arguments) {
    static_assert(std::is_trivially_copyable_v<Arguments>);
    launch(launch_of, &arguments, sizeof arguments);
  }

  virtual void synchronize() = 0;
};

template <class T>
std::vector<T> downloaded(Device& device, Address from, u64 count) {
  std::vector<T> values(count);
  if (count > 0) device.download(values.data(), from, count * sizeof(T));
  return values;
}

// Device memory that is given back with the object.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, u64 bytes)
      : device_(&device), bytes_(bytes), address_(bytes == 0 ? 0 : device.allocate(bytes)) {}
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer() {
    if (address_ != 0) device_->free(address_);
  }

  Address address() const { return address_; }
  u64 bytes() const { return bytes_; }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(bytes_, other.bytes_);
    std::swap(address_, other.address_);
  }

  Device* device_ = nullptr;
  u64 bytes_ = 0;
  Address address_ = 0;
};

}  // namespace spikefab::sim::cuda
