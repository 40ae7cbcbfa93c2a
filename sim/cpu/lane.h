// What one thread works on: a range of the cores in a range of the replicas, with all that it needs
// for that alone. Lanes meet only in outboxes, which change hands between two ticks.
#pragma once

#include <vector>

#include "sim/cpu/chip_state.h"
#include "sim/cpu/events.h"
#include "sim/cpu/lane_records.h"

namespace spikefab::sim::cpu {

class Lane {
 public:
  Lane(const Program& program, const Layout& layout, const Split& split, u32 index);

  const LaneView& view() const { return view_; }
  bool owns(u32 replica) const {
    return replica >= first_replica_ && replica - first_replica_ < view_.replicas;
  }
  // Of a replica of its own.
  const u64* tally(u32 replica) const {
    return &tally_[u64{replica - first_replica_} * tally_kinds];
  }
  u64 total(u32 kind) const;  // over its replicas
  void clear_tally();

  // Empties the outboxes of the tick. There are two of each, for even and odd ticks, so that a lane
  // can fill one while another lane takes from the other.
  void begin_tick(u64 tick);
  // Sets the spikes that another lane sent to this one in the tick.
  void receive(const Lane& from, u64 tick, const ChipView& chip) const;
  void inject(const Events& events, u64 tick, const ChipView& chip);
  // Takes what the lines of the bus show; to `shown`, [replica][word] of all replicas, if not null.
  void take_output(const ChipView& chip, u64* shown);

  // Keeps what the plan asks for of the tick.
  void record(const Program& program, const ChipState& state, u64 tick, const RecordPlan& plan,
              LaneRecords& records) const;

 private:
  u32 index_;
  u32 first_replica_ = 0;
  bool owns_bus_;
  LaneView view_{};
  AlignedArray<u64> tally_;                   // [replica][Tally], see LaneView
  AlignedArray<DueWord> due_word_[2];         // [axon word]
  AlignedArray<u32> due_place_[2];            // [place]
  AlignedArray<u32> firing_;                  // [neuron]
  AlignedArray<u64> sent_;                    // [neuron]
  AlignedArray<i32> sums_;                    // [neuron]
  std::vector<AlignedArray<u64>> outbox_[2];  // [even or odd tick][lane]
  std::vector<u64*> outbox_end_[2];           // likewise
};

}  // namespace spikefab::sim::cpu
