// A program and its batch on a device: memory, launches, and what comes back.
#pragma once

#include <optional>

#include "sim/axon_order.h"
#include "sim/cuda/chip_image.h"
#include "sim/cuda/chunk_rows.h"
#include "sim/cuda/device.h"
#include "sim/cuda/launch_plan.h"
#include "sim/cuda/state_layout.h"
#include "sim/host_program.h"

namespace spikefab::sim::cuda {

class LoadedChip {
 public:
  // Throws ResourceError with need and have if the device has too little memory, before any is
  // taken.
  LoadedChip(Device& device, const Program& program, const Stimulus& stimulus,
             const PlanOptions& options);

  void advance(u64 ticks, const RecordPlan& plan, Recording& recording);
  State state() const;
  void restore(const State& state);
  const LaunchPlan& plan() const { return plan_; }
  u32 replicas() const { return replicas_; }

 private:
  u64 needed_bytes(const Stimulus& stimulus) const;
  void allocate_and_upload(const Stimulus& stimulus);
  RowShape row_shape() const;
  u64 countable_ticks() const;
  u64 longest_chunk(const RecordPlan& plan) const;
  void run_chunk(u64 ticks, const RecordPlan& plan, Recording& recording);
  void launch_ticks(u64 row, u64 ticks);
  void launch_digest(u64 row);
  void copy_potentials(u64 row);
  std::vector<u64> stimulus_events() const;

  Device& device_;
  const HostProgram host_;
  const AxonOrder order_;
  const ChipImage image_;
  const u32 replicas_;
  const LaunchPlan plan_;
  const StateLayout layout_;

  Buffer records_, blobs_, tiles_, positions_, places_;
  Buffer neuron_state_, waiting_, quiet_, counts_, barriers_;
  Buffer events_, event_begin_;
  Buffer shown_;  // [replica][output word] what shows in the next tick
  std::optional<ChunkRows> rows_;

  u64 event_ticks_ = 0;
  std::vector<u64> event_count_begin_;  // as Stimulus::begin
  u64 tick_ = 0;
  State start_;                     // of the last restore; counts on the device are relative to it
  std::vector<u64> output_spikes_;  // [replica] since then
};

}  // namespace spikefab::sim::cuda
