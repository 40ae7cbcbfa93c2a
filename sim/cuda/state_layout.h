// The state of a batch between State (sim/state.h) and the arrays of the device.
#pragma once

#include <vector>

#include "sim/cuda/chip_image.h"
#include "sim/cuda/device_counts.h"

namespace spikefab::sim::cuda {

// The arrays of AdvanceArgs of the same names.
struct DeviceArrays {
  std::vector<i32> neuron_state;
  std::vector<u32> waiting;
  std::vector<u32> output;  // [replica][32-bit word] what shows in the next tick
};

class StateLayout {
 public:
  StateLayout(const Program& program, const AxonOrder& order, const ChipImage& image, u32 replicas,
              u32 ring);

  // Bytes of the arrays on the device.
  u64 bytes() const;
  u64 neuron_words() const;   // i32 of all replicas
  u64 waiting_words() const;  // u32 likewise
  u64 output_words() const;   // u32 likewise

  DeviceArrays to_device(const State& state) const;

  // `start` is the state that the counts are relative to.
  State from_device(const DeviceArrays& arrays, const State& start, u64 tick,
                    const RunCounts& counts) const;

 private:
  template <class Visit>
  void for_each_row(Visit&& visit) const;
  template <class Visit>
  void for_each_slot(u64 tick, Visit&& visit) const;
  void add_waiting_counts(const RunCounts& run, const State& start, State& state) const;

  const Program& program_;
  const AxonOrder& order_;
  const ChipImage& image_;
  u32 replicas_;
  u32 ring_;
  u32 state_words_;
};

}  // namespace spikefab::sim::cuda
