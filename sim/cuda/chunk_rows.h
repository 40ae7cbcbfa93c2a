// Device memory for what the ticks of one chunk record, and its way into a Recording.
#pragma once

#include "sim/cuda/device.h"
#include "sim/recording.h"

namespace spikefab::sim::cuda {

// How kernels record spikes: a bit for each neuron, or its payload or 0 in 32 bits.
enum class SpikeRows { bits, payloads };

// Where the neurons of a core are in a row.
struct CorePlace {
  u32 position;
  u64 first;
  u32 neurons;
};

// What a tick records of all replicas. Rows are of 32-bit words: lines of the output bus, spikes
// and potentials of the neurons, each [replica][..].
struct RowShape {
  u32 replicas = 0;
  u64 output_words = 0;
  u64 neurons = 0;  // with padding, if there is any
  SpikeRows spikes = SpikeRows::bits;
  std::vector<CorePlace> cores;  // by position

  u64 spike_words() const { return spikes == SpikeRows::bits ? neurons / 32 : neurons; }
};

class ChunkRows {
 public:
  // Bytes that one tick takes.
  static u64 bytes_per_tick(const RowShape& shape, const RecordPlan& plan);

  // The shape is kept.
  ChunkRows(Device& device, const RowShape& shape, const RecordPlan& plan, u64 ticks);

  // Whether it is large enough for another chunk.
  bool serves(const RecordPlan& plan, u64 ticks) const;

  // Zeroes what kernels add to. `shown` is the output row of the first tick.
  void begin(Address shown, u64 ticks);

  Address output(u64 tick) const;  // tick 0 is the first of the chunk; one row more than ticks
  Address spikes(u64 tick) const;  // 0 if they are not recorded
  Address digests(u64 tick) const;
  Address potentials(u64 tick) const;

  // Appends to `recording.outputs` and adds the lines that showed to output_spikes [replica].
  void take_outputs(u64 ticks, const RecordPlan& plan, Recording& recording,
                    std::vector<u64>& output_spikes) const;
  void take_digests(u64 ticks, Recording& recording) const;
  void take_spikes(u64 first_tick, u64 ticks, const Selection& selection,
                   Recording& recording) const;
  void take_potentials(u64 first_tick, u64 ticks, const Selection& selection,
                       Recording& recording) const;

 private:
  u64 output_row() const { return shape_.replicas * shape_.output_words; }
  u64 spike_row() const { return shape_.replicas * shape_.spike_words(); }
  u64 potential_row() const { return shape_.replicas * shape_.neurons; }

  Device& device_;
  const RowShape& shape_;
  u64 ticks_;
  Buffer output_, spikes_, digests_, potentials_;
};

}  // namespace spikefab::sim::cuda
