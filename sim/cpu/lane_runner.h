// What the runners of both organisations do around their lanes: a team of threads runs the ticks,
// and what was recorded is put in order.
#pragma once

#include "base/spin_barrier.h"
#include "base/thread_team.h"
#include "sim/chip_runner.h"
#include "sim/cpu/kernels.h"
#include "sim/cpu/lane_records.h"
#include "sim/cpu/split.h"

namespace spikefab::sim::cpu {

struct Settings {
  u32 threads;  // at most; 0: as many as the machine has and the work is worth
  const Kernels* kernels;
  bool skip;          // cores at rest
  u32 popcount_from;  // as in ChipView
};

// The threads of the settings, or so many as work of this many neuron updates a tick is worth.
u32 most_threads(const Settings& settings, u64 updates);

class LaneRunner : public ChipRunner {
 public:
  // After an exception nothing but the end of the object is defined.
  void advance(u64 ticks, const RecordPlan& plan, Recording& recording) final;

 protected:
  LaneRunner(const Program& program, u32 replicas, Split split);

  // Runs a lane for one tick. If it is not the first, the lane takes what others sent to it in the
  // tick before. What the lines of the bus show goes to `shown`, [replica][word] of all replicas,
  // if that is not null.
  virtual void run_tick(u32 lane, u64 tick, bool is_first, const RecordPlan& plan, u64* shown) = 0;
  // Takes what was sent in the last tick, the one before `tick`: it belongs to the state between.
  virtual void finish(u32 lane, u64 tick) = 0;

  // The program without the arrays that engines keep in their own way.
  const Program& outline() const { return outline_; }
  u32 replicas() const { return replicas_; }
  const Split& split() const { return split_; }
  LaneRecords& records(u32 lane) { return records_[lane]; }
  bool owns(u32 lane, u32 replica) const { return records_[lane].owns(replica); }
  u64 next_tick() const { return tick_; }
  void go_to(u64 tick) { tick_ = tick; }
  std::string how_many_threads() const;

 private:
  void advance_lanes(u64 ticks, const RecordPlan& plan, Recording& recording);
  void run_lane(u32 index, u64 ticks, const RecordPlan& plan, u64* shown, SpinBarrier& met);
  void append_records(u64 ticks, Recording& recording);

  Program outline_;
  u32 replicas_;
  Split split_;
  std::vector<LaneRecords> records_;  // [lane]
  ThreadTeam team_;
  u64 tick_ = 0;
};

}  // namespace spikefab::sim::cpu
