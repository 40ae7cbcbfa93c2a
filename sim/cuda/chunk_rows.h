// Device memory for what the ticks of one chunk record, and its way into a Recording.
#pragma once

#include "sim/cuda/chip_image.h"
#include "sim/cuda/device.h"
#include "sim/recording.h"

namespace spikefab::sim::cuda {

// What a tick records of all replicas, in 32-bit words of the device.
struct RowShape {
  u32 replicas = 0;
  u64 output_words = 0;    // [replica][word of lines]
  u64 padded_neurons = 0;  // fired: [replica][padded neuron / 32]; potentials: [replica][neuron]
};

class ChunkRows {
 public:
  // Bytes that one tick takes.
  static u64 bytes_per_tick(const RowShape& shape, const RecordPlan& plan);

  ChunkRows(Device& device, const RowShape& shape, const RecordPlan& plan, u64 ticks);

  // Whether it is large enough for another chunk.
  bool serves(const RecordPlan& plan, u64 ticks) const;

  // Zeroes what kernels add to. `shown` is the output row of the first tick.
  void begin(Address shown, u64 ticks);

  Address output(u64 tick) const;  // tick 0 is the first of the chunk; one row more than ticks
  Address fired(u64 tick) const;   // 0 if spikes are not recorded
  Address digests(u64 tick) const;
  Address potentials(u64 tick) const;

  // Appends to `recording.outputs` and adds the lines that showed to output_spikes [replica].
  void take_outputs(u64 ticks, const RecordPlan& plan, Recording& recording,
                    std::vector<u64>& output_spikes) const;
  void take_digests(u64 ticks, Recording& recording) const;
  void take_spikes(const ChipImage& image, u64 first_tick, u64 ticks, const Selection& selection,
                   Recording& recording) const;
  void take_potentials(const ChipImage& image, u64 first_tick, u64 ticks,
                       const Selection& selection, Recording& recording) const;

 private:
  u64 output_row() const { return shape_.replicas * shape_.output_words; }
  u64 fired_row() const { return shape_.replicas * shape_.padded_neurons / 32; }
  u64 potential_row() const { return shape_.replicas * shape_.padded_neurons; }

  Device& device_;
  RowShape shape_;
  u64 ticks_;
  Buffer output_, fired_, digests_, potentials_;
};

}  // namespace spikefab::sim::cuda
