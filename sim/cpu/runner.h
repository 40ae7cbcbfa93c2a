// A loaded program in its replicas, advanced by a team of threads.
#pragma once

#include "base/spin_barrier.h"
#include "base/thread_team.h"
#include "sim/cpu/kernels.h"
#include "sim/cpu/lane.h"

namespace spikefab::sim::cpu {

struct Settings {
  u32 threads;  // at most; 0: as many as the machine has and the work is worth
  const Kernels* kernels;
  bool skip;          // cores at rest
  u32 popcount_from;  // as in ChipView
};

class Runner {
 public:
  Runner(const Program& program, const Stimulus& stimulus, const Settings& settings);

  std::string how() const;
  // After an exception nothing but the end of the object is defined.
  void advance(u64 ticks, const RecordPlan& plan, Recording& recording);
  State state() const;
  void restore(const State& state);

 private:
  void advance_lanes(u64 ticks, const RecordPlan& plan, Recording& recording);
  void run_lane(u32 index, u64 ticks, const RecordPlan& plan, u64* shown, SpinBarrier& met);
  void run_tick(u32 index, u64 tick, const RecordPlan& plan, u64* shown);
  void deliver_outboxes();
  void append_records(u64 ticks, Recording& recording);
  u64 total(u32 tally) const;

  Program outline_;  // without the arrays that are in the layout
  u32 replicas_;
  const Kernels* kernels_;
  RunCores run_cores_;
  Split split_;
  Layout layout_;
  Events events_;
  ChipState chip_state_;
  std::vector<Lane> lanes_;
  std::vector<ChipView> chips_;  // [lane]
  ThreadTeam team_;
  u64 tick_ = 0;
  std::vector<u64> counts_;  // [replica][Count] when the tallies were last zero, as in State, but
                             // what waited then is taken from `merged`, likewise `output_merged`
};

}  // namespace spikefab::sim::cpu
