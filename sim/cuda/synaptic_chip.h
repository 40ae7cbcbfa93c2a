// A program with synaptic memory and its batch on a device: memory, launches, and what comes back.
// The state is on the device as it is in State.
#pragma once

#include "sim/cuda/device_runner.h"
#include "sim/cuda/synaptic_plan.h"

namespace spikefab::sim::cuda {

class SynapticChip final : public DeviceRunner {
 public:
  // Throws ResourceError with need and have if the device has too little memory, before any is
  // taken.
  SynapticChip(Device& device, const Program& program, const Stimulus& stimulus,
               const PlanOptions& options);

  std::string how() const override;
  State state() const override;
  void restore(const State& state) override;

 private:
  u64 needed_bytes(const RowShape& shape) const;
  void allocate_and_upload(const RowShape& shape);
  void launch_ticks(u64 row, u64 ticks) override;
  void launch_digest(u64 row) override;

  const SynapticImage image_;
  const SynapticPlan plan_;

  Buffer cores_, tiles_, params_, param_values_, events_;
  Buffer row_begin_, synapse_, target_begin_, target_core_, target_axon_, target_hops_;
  Buffer accumulators_, inbox_, inbox_count_;
};

}  // namespace spikefab::sim::cuda
