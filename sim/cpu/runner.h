// A loaded program with crossbars in its replicas.
#pragma once

#include "sim/cpu/lane.h"
#include "sim/cpu/lane_runner.h"

namespace spikefab::sim::cpu {

class Runner final : public LaneRunner {
 public:
  Runner(const Program& program, const Stimulus& stimulus, const Settings& settings);

  std::string how() const override;
  State state() const override;
  void restore(const State& state) override;

 private:
  void run_tick(u32 index, u64 tick, bool is_first, const RecordPlan& plan, u64* shown) override;
  void finish(u32 index, u64 tick) override;
  void receive(u32 index, u64 tick) const;
  u64 total(u32 tally) const;

  const Kernels* kernels_;
  RunCores run_cores_;
  Layout layout_;
  Events events_;
  ChipState chip_state_;
  std::vector<Lane> lanes_;
  std::vector<ChipView> chips_;  // [lane]
  std::vector<u64> counts_;  // [replica][Count] when the tallies were last zero, as in State, but
                             // what waited then is taken from `merged`, likewise `output_merged`
};

}  // namespace spikefab::sim::cpu
