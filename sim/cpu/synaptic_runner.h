// A loaded program with synaptic memory in its replicas.
#pragma once

#include "sim/cpu/lane_runner.h"
#include "sim/cpu/synaptic_lane.h"

namespace spikefab::sim::cpu {

class SynapticRunner final : public LaneRunner {
 public:
  SynapticRunner(const Program& program, const Stimulus& stimulus, const Settings& settings);

  std::string how() const override;
  State state() const override;
  void restore(const State& state) override;

 private:
  void run_tick(u32 index, u64 tick, bool is_first, const RecordPlan& plan, u64* shown) override;
  void finish(u32 index, u64 tick) override;
  std::span<SynapticLane> senders(u32 index);

  const Kernels* kernels_;
  bool skip_;
  SynapticLayout layout_;
  SynapticEvents events_;
  SynapticState state_;
  std::vector<SynapticLane> lanes_;
  std::vector<u64> counts_;  // [replica][Count] when the tallies were last zero
};

}  // namespace spikefab::sim::cpu
