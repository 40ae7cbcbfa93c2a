// A program with crossbars and its batch on a device: memory, launches, and what comes back.
#pragma once

#include "sim/axon_order.h"
#include "sim/cuda/chip_image.h"
#include "sim/cuda/device_runner.h"
#include "sim/cuda/launch_plan.h"
#include "sim/cuda/state_layout.h"

namespace spikefab::sim::cuda {

class LoadedChip final : public DeviceRunner {
 public:
  // Throws ResourceError with need and have if the device has too little memory, before any is
  // taken.
  LoadedChip(Device& device, const Program& program, const Stimulus& stimulus,
             const PlanOptions& options);

  std::string how() const override;
  State state() const override;
  void restore(const State& state) override;

 private:
  u64 needed_bytes(const RowShape& shape, const Stimulus& stimulus) const;
  void allocate_and_upload(const RowShape& shape, const Stimulus& stimulus);
  void launch_ticks(u64 row, u64 ticks) override;
  void launch_digest(u64 row) override;
  u64 most_ticks() const override;

  const AxonOrder order_;
  const ChipImage image_;
  const LaunchPlan plan_;
  const StateLayout layout_;

  Buffer records_, blobs_, tiles_, positions_, places_;
  Buffer waiting_, quiet_, events_;
};

}  // namespace spikefab::sim::cuda
