// What runners of both organisations of cores do around their kernels: ticks in chunks, what is
// recorded of them, what was counted since the last restore.
#pragma once

#include <optional>

#include "arch/stimulus.h"
#include "sim/chip_runner.h"
#include "sim/cuda/chunk_rows.h"
#include "sim/cuda/device_counts.h"
#include "sim/host_program.h"

namespace spikefab::sim::cuda {

template <class T>
Buffer uploaded(Device& device, const std::vector<T>& values) {
  Buffer buffer(device, values.size() * sizeof(T));
  if (!values.empty()) device.upload(buffer.address(), values.data(), buffer.bytes());
  return buffer;
}

template <class T>
void upload(Device& device, const Buffer& to, const std::vector<T>& values) {
  SPIKEFAB_ASSERT(to.bytes() == values.size() * sizeof(T));
  if (!values.empty()) device.upload(to.address(), values.data(), to.bytes());
}

template <class T>
std::vector<T> downloaded(Device& device, const Buffer& from) {
  return downloaded<T>(device, from.address(), from.bytes() / sizeof(T));
}

// The Address of device memory as the kernels take it.
template <class T>
T* at(Address address) {
  return reinterpret_cast<T*>(address);
}
template <class T>
T* at(const Buffer& buffer) {
  return at<T>(buffer.address());
}

// A kernel of sim/cuda/digest.cu for states with so many words of each replica.
Launch digest_launch(const char* kernel, u32 replicas, u64 words);

class DeviceRunner : public ChipRunner {
 public:
  void advance(u64 ticks, const RecordPlan& plan, Recording& recording) final;

 protected:
  DeviceRunner(Device& device, const Program& program, const Stimulus& stimulus);

  const Program& program() const { return host_.program(); }
  u64 tick() const { return tick_; }
  const State& start() const { return start_; }
  const ChunkRows& rows() const { return *rows_; }

  // The device memory that both have: how much, and taking it, once. There is a barrier for each
  // tile of replicas.
  u64 memory_bytes(const RowShape& shape) const;
  void take_memory(const RowShape& shape, u32 barriers);
  // Throws ResourceError with need and have if the device has too little memory.
  void check_device_memory(u64 need) const;

  // One launch of ticks from tick() on, and one for the digests of the state before tick(); rows()
  // has place for what they record from `row` on.
  virtual void launch_ticks(u64 row, u64 ticks) = 0;
  virtual void launch_digest(u64 row) = 0;
  // That can be counted in one launch.
  virtual u64 most_ticks() const { return ~u64{0}; }

  // Both after what is theirs was restored or fetched: tick, counts and what counts are relative
  // to.
  void restart(const State& state);
  RunCounts counts() const;

  // "<device>, 4 replicas on 2 x 2 blocks of 512 threads"
  std::string describe(u32 grid_x, u32 grid_y, u32 block) const;

  Device& device_;
  const HostProgram host_;
  const u32 replicas_;
  const u64 event_ticks_;
  Buffer neuron_state_;  // [replica][state word][neuron]
  Buffer shown_;         // [replica][output word] what shows in the next tick
  Buffer counts_;        // [replica][DeviceCount]
  Buffer barriers_;      // [y][barrier_stride]
  Buffer event_begin_;   // as Stimulus::begin

 private:
  u64 longest_chunk(const RecordPlan& plan) const;
  void run_chunk(u64 ticks, const RecordPlan& plan, Recording& recording);
  void copy_potentials(u64 row);
  std::vector<u64> stimulus_events() const;

  const std::vector<u64> event_count_begin_;  // as Stimulus::begin
  RowShape shape_;
  std::optional<ChunkRows> rows_;
  u64 tick_ = 0;
  State start_;                     // of the last restore; counts on the device are relative to it
  std::vector<u64> output_spikes_;  // [replica] since then
};

}  // namespace spikefab::sim::cuda
