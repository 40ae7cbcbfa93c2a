// What one thread works on: a range of the cores in a range of the replicas. A core takes the
// spikes of the tick before and adds their synapses to its accumulators, then its neurons take
// those that are due, and their spikes go to boxes, one for each core. So the accumulators of a
// core stay in the cache for all that is done with them in a tick.
#pragma once

#include <vector>

#include "sim/cpu/lane_records.h"
#include "sim/cpu/split.h"
#include "sim/cpu/synaptic_events.h"
#include "sim/cpu/synaptic_state.h"

namespace spikefab::sim::cpu {

class alignas(cache_line) SynapticLane {
 public:
  // All that it refers to must outlive it.
  SynapticLane(const SynapticLayout& layout, SynapticState& state, const SynapticEvents& events,
               const Kernels& kernels, const Split& split, u32 index);

  // Runs a tick up to the boxes. `lanes` are those whose boxes it takes, unless it is the first
  // tick. What the lines of the bus show goes to `shown` (see LaneRunner).
  void run_tick(u64 tick, std::span<SynapticLane> from, bool skip, const RecordPlan& plan,
                LaneRecords& records, u64* shown);
  // Takes the boxes of the tick before `tick` of these lanes.
  void receive(u64 tick, std::span<SynapticLane> from);

  // Forgets what it knows of the state: another was restored. There may be sums up to `tick`.
  void forget(u64 pending_until);

  // How cores were updated, after the kinds of sim::Count.
  enum Tally : u32 { skipped = count_kinds, updated, tally_kinds };
  // Of a replica of its own, since forget().
  const u64* tally(u32 replica) const {
    return &tally_[u64{replica - first_replica_} * tally_kinds];
  }
  u64 total(u32 kind) const;  // over its replicas

 private:
  // The spikes to one core, or lines of the bus, in one replica.
  struct Box {
    std::vector<u32> plain;  // axons of spikes with payload 1
    std::vector<GradedSpike> graded;
  };
  struct Rest {
    u64 pending_until = 0;  // accumulators that are due later are 0
    bool at_rest = false;   // the last update had no input, no effect, no spike
  };

  Box& box(u64 tick, u32 core, u32 replica) {
    return boxes_[tick % 2][u64{replica} * (layout_->cores().size() + 1) + core];
  }
  u64* tally_of(u32 replica) { return &tally_[u64{replica} * tally_kinds]; }
  StateView bus_of(u32 replica);
  RowSums sums_of(u32 core, u32 replica, u64 tick);
  Rest& rest_of(u32 core, u32 replica) {
    return rest_[u64{core - first_core_} * replicas_ + replica];
  }
  void note_input(u64 tick, u32 core, u32 replica, u64 axons, u64 synapses);
  void receive_core(u64 tick, u32 core, u32 replica, std::span<SynapticLane> from);
  void receive_bus(u64 tick, u32 replica, std::span<SynapticLane> from);
  void inject(u64 tick, u32 replica);
  void take_outputs(u32 replica, u64* shown);
  u32 update(u64 tick, u32 core, u32 replica, bool skip);
  void fetch_targets(const u64* begin) const;
  void send(u64 tick, u32 core, u32 replica, u32 spikes);
  template <class Put>
  void send_to_all(u64 tick, u32 replica, const u64* begin, Put&& put);
  void record(u64 tick, u32 core, u32 replica, u32 spikes, const RecordPlan& plan,
              LaneRecords& records);

  const SynapticLayout* layout_;
  SynapticState* state_;
  const SynapticEvents* events_;
  const SynapticKernels* kernels_;
  u32 first_core_ = 0;
  u32 end_core_;
  u32 first_replica_ = 0;
  u32 replicas_;  // its own; their numbers here count from its first
  bool owns_bus_;
  std::vector<u64> tally_;          // [replica][Tally]
  std::vector<Rest> rest_;          // [core][replica]
  std::vector<FiredNeuron> fired_;  // scratch
  std::vector<Box> boxes_[2];       // [even or odd tick][replica][core or bus]
};

}  // namespace spikefab::sim::cpu
