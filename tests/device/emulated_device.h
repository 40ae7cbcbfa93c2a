// A GPU that is interpreted on the host: executes the PTX that nvcc made of the kernels, so that
// the cuda engine runs where there is no GPU, and finds what goes wrong in kernels (README.md).
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/cuda/device.h"
#include "tests/device/grid.h"

namespace spikefab::test {

struct EmulatedDeviceOptions {
  ptx::Schedule schedule = ptx::Schedule::lockstep;
  u64 seed = 0;  // of Schedule::drift
  u64 memory_bytes = u64{256} << 20;
  u32 multiprocessors = 4;
  u32 shared_bytes_per_block = 227 << 10;  // of compute capability 9.0
  u32 blocks_per_multiprocessor = 32;      // at most; threads and shared memory limit them, too
  u64 step_limit = 20'000'000;             // instructions of warps without a change: a livelock
  bool checks_unwritten = true;            // reading memory that nobody has written is an error
  bool checks_races = true;                // accesses of two threads that nothing orders
};

// What a kernel executed, over all launches. Instructions in loops that only wait for others are
// left out: how often those run depends on the schedule, and nothing else here does.
struct ExecutionCounts {
  u64 launches = 0;
  u64 warp_instructions = 0;
  u64 thread_instructions = 0;  // also those whose guard was false
  // The part of thread_instructions of each ptx::Cost.
  std::array<u64, static_cast<u64>(ptx::Cost::count)> by_cost{};

  u64 of(ptx::Cost cost) const { return by_cost[static_cast<u64>(cost)]; }
};

struct LineCount {
  u32 line = 0;  // of the PTX text
  std::string text;
  u64 threads = 0;
};

class EmulatedDevice : public sim::cuda::Device {
 public:
  explicit EmulatedDevice(EmulatedDeviceOptions options = {});

  sim::cuda::DeviceInfo info() const override;
  u64 free_bytes() const override;
  sim::cuda::Address allocate(u64 bytes) override;
  void free(sim::cuda::Address address) override;
  void upload(sim::cuda::Address to, const void* from, u64 bytes) override;
  void download(void* to, sim::cuda::Address from, u64 bytes) override;
  void copy(sim::cuda::Address to, sim::cuda::Address from, u64 bytes) override;
  void fill(sim::cuda::Address to, u8 value, u64 bytes) override;
  void load(std::span<const char> ptx) override;  // text
  u32 resident_blocks(const sim::cuda::Launch& launch) override;
  void launch(const sim::cuda::Launch& launch, const void* arguments, u64 bytes) override;
  using Device::launch;
  void synchronize() override {}

  std::vector<std::string> kernels() const;
  u64 argument_bytes(const std::string& kernel) const;
  ExecutionCounts counts(const std::string& kernel) const;
  // Lines of the kernel that were executed, with how often.
  std::vector<LineCount> profile(const std::string& kernel) const;
  void reset_counts();

 private:
  struct Kernel {
    std::shared_ptr<const ptx::Program> program;
    std::vector<ptx::Count> counts;  // of each instruction
    u64 launches = 0;
  };

  u64 reserve(u64 bytes);
  u64 offset_of(sim::cuda::Address address, u64 bytes, const char* what) const;
  const Kernel& kernel(const std::string& name) const;
  void check(const Kernel& kernel, const sim::cuda::Launch& launch, u64 argument_bytes) const;
  u32 blocks_of(const sim::cuda::Launch& launch) const;

  EmulatedDeviceOptions options_;
  ptx::Memory memory_;
  u64 next_offset_;
  u64 used_bytes_ = 0;
  std::map<u64, u64> allocations_;  // offset, bytes
  std::map<std::string, Kernel> kernels_;
};

}  // namespace spikefab::test
