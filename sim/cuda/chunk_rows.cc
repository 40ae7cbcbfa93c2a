#include "sim/cuda/chunk_rows.h"

#include <bit>

namespace spikefab::sim::cuda {

u64 ChunkRows::bytes_per_tick(const RowShape& shape, const RecordPlan& plan) {
  u64 bytes = shape.output_words * sizeof(u32);
  if (plan.digests) bytes += sizeof(u64);
  if (plan.spikes) bytes += shape.padded_neurons / 8;
  if (plan.potentials) bytes += shape.padded_neurons * sizeof(i32);
  return bytes * shape.replicas;
}

ChunkRows::ChunkRows(Device& device, const RowShape& shape, const RecordPlan& plan, u64 ticks)
    : device_(device), shape_(shape), ticks_(ticks) {
  output_ = Buffer(device, (ticks + 1) * output_row() * sizeof(u32));
  if (plan.spikes) fired_ = Buffer(device, ticks * fired_row() * sizeof(u32));
  if (plan.digests) digests_ = Buffer(device, ticks * shape.replicas * sizeof(u64));
  if (plan.potentials) potentials_ = Buffer(device, ticks * potential_row() * sizeof(i32));
}

bool ChunkRows::serves(const RecordPlan& plan, u64 ticks) const {
  const auto has = [](bool wanted, const Buffer& buffer) {
    return !wanted || buffer.address() != 0;
  };
  const bool neurons = shape_.padded_neurons > 0;
  return ticks <= ticks_ && has(plan.spikes && neurons, fired_) && has(plan.digests, digests_) &&
         has(plan.potentials && neurons, potentials_);
}

void ChunkRows::begin(Address shown, u64 ticks) {
  if (output_row() > 0) {
    device_.copy(output(0), shown, output_row() * sizeof(u32));
    device_.fill(output(1), 0, ticks * output_row() * sizeof(u32));
  }
  if (digests_.address() != 0) device_.fill(digests(0), 0, ticks * shape_.replicas * sizeof(u64));
  // Parts of cores that no lane owns are not written.
  if (fired_.address() != 0) device_.fill(fired(0), 0, ticks * fired_row() * sizeof(u32));
}

Address ChunkRows::output(u64 tick) const {
  return output_.address() + tick * output_row() * sizeof(u32);
}

Address ChunkRows::fired(u64 tick) const {
  return fired_.address() == 0 ? 0 : fired_.address() + tick * fired_row() * sizeof(u32);
}

Address ChunkRows::digests(u64 tick) const {
  return digests_.address() + tick * shape_.replicas * sizeof(u64);
}

Address ChunkRows::potentials(u64 tick) const {
  return potentials_.address() + tick * potential_row() * sizeof(i32);
}

void ChunkRows::take_outputs(u64 ticks, const RecordPlan& plan, Recording& recording,
                             std::vector<u64>& output_spikes) const {
  const u64 words = shape_.output_words / 2;
  const auto rows = downloaded<u64>(device_, output(0), ticks * shape_.replicas * words);
  for (u64 i = 0; i < rows.size(); ++i) {
    output_spikes[i / words % shape_.replicas] += static_cast<u64>(std::popcount(rows[i]));
  }
  if (plan.outputs) recording.outputs.insert(recording.outputs.end(), rows.begin(), rows.end());
}

void ChunkRows::take_digests(u64 ticks, Recording& recording) const {
  const auto rows = downloaded<u64>(device_, digests(0), ticks * shape_.replicas);
  recording.digests.insert(recording.digests.end(), rows.begin(), rows.end());
}

void ChunkRows::take_spikes(const ChipImage& image, u64 first_tick, u64 ticks,
                            const Selection& selection, Recording& recording) const {
  const auto rows = downloaded<u64>(device_, fired(0), ticks * fired_row() / 2);
  const u64 words = shape_.padded_neurons / word_bits;  // of one replica
  for (u64 row = 0; row < ticks * shape_.replicas; ++row) {
    const u64 tick = first_tick + row / shape_.replicas;
    if (!selection.has_tick(tick)) continue;
    for (const u32 device_core : image.device_core) {  // in the order of positions
      const u32 position = image.position[device_core];
      if (!selection.has_position(position)) continue;
      const CoreRecord& record = image.records[device_core];
      for (u32 w = 0; w < record.padded / word_bits; ++w) {
        for (u64 bits = rows[row * words + record.first / word_bits + w]; bits != 0;
             bits &= bits - 1) {
          const u32 neuron = w * word_bits + static_cast<u32>(std::countr_zero(bits));
          recording.spikes.push_back(
              {tick, static_cast<u32>(row % shape_.replicas), position, neuron});
        }
      }
    }
  }
}

void ChunkRows::take_potentials(const ChipImage& image, u64 first_tick, u64 ticks,
                                const Selection& selection, Recording& recording) const {
  for (u64 tick = first_tick; tick < first_tick + ticks; ++tick) {
    if (!selection.has_tick(tick)) continue;
    const auto row = downloaded<i32>(device_, potentials(tick - first_tick), potential_row());
    for (u32 r = 0; r < shape_.replicas; ++r) {
      for (const u32 device_core : image.device_core) {
        const u32 position = image.position[device_core];
        if (!selection.has_position(position)) continue;
        const CoreRecord& record = image.records[device_core];
        for (u32 n = 0; n < record.neurons; ++n) {
          recording.potentials.push_back(
              {tick, r, position, n, row[r * shape_.padded_neurons + record.first + n]});
        }
      }
    }
  }
}

}  // namespace spikefab::sim::cuda
