#include "sim/cuda/chunk_rows.h"

#include <bit>

namespace spikefab::sim::cuda {
namespace {

// Calls visit(core, replica, index of its first neuron among those of all replicas) for the cores
// that are selected, in the order of a Recording.
template <class Visit>
void for_each_core(const RowShape& shape, const Selection& selection, Visit&& visit) {
  for (u32 r = 0; r < shape.replicas; ++r) {
    for (const CorePlace& core : shape.cores) {
      if (selection.has_position(core.position)) visit(core, r, r * shape.neurons + core.first);
    }
  }
}

}  // namespace

u64 ChunkRows::bytes_per_tick(const RowShape& shape, const RecordPlan& plan) {
  u64 bytes = shape.output_words * sizeof(u32);
  if (plan.digests) bytes += sizeof(u64);
  if (plan.spikes) bytes += shape.spike_words() * sizeof(u32);
  if (plan.potentials) bytes += shape.neurons * sizeof(i32);
  return bytes * shape.replicas;
}

ChunkRows::ChunkRows(Device& device, const RowShape& shape, const RecordPlan& plan, u64 ticks)
    : device_(device), shape_(shape), ticks_(ticks) {
  output_ = Buffer(device, (ticks + 1) * output_row() * sizeof(u32));
  if (plan.spikes) spikes_ = Buffer(device, ticks * spike_row() * sizeof(u32));
  if (plan.digests) digests_ = Buffer(device, ticks * shape.replicas * sizeof(u64));
  if (plan.potentials) potentials_ = Buffer(device, ticks * potential_row() * sizeof(i32));
}

bool ChunkRows::serves(const RecordPlan& plan, u64 ticks) const {
  const auto has = [](bool wanted, const Buffer& buffer) {
    return !wanted || buffer.address() != 0;
  };
  const bool neurons = shape_.neurons > 0;
  return ticks <= ticks_ && has(plan.spikes && neurons, spikes_) && has(plan.digests, digests_) &&
         has(plan.potentials && neurons, potentials_);
}

void ChunkRows::begin(Address shown, u64 ticks) {
  if (output_row() > 0) {
    device_.copy(output(0), shown, output_row() * sizeof(u32));
    device_.fill(output(1), 0, ticks * output_row() * sizeof(u32));
  }
  if (digests_.address() != 0) device_.fill(digests(0), 0, ticks * shape_.replicas * sizeof(u64));
  // Parts of cores that no lane owns are not written.
  if (spikes_.address() != 0) device_.fill(spikes(0), 0, ticks * spike_row() * sizeof(u32));
}

Address ChunkRows::output(u64 tick) const {
  return output_.address() + tick * output_row() * sizeof(u32);
}

Address ChunkRows::spikes(u64 tick) const {
  return spikes_.address() == 0 ? 0 : spikes_.address() + tick * spike_row() * sizeof(u32);
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

void ChunkRows::take_spikes(u64 first_tick, u64 ticks, const Selection& selection,
                            Recording& recording) const {
  const auto rows = downloaded<u32>(device_, spikes(0), ticks * spike_row());
  for (u64 tick = first_tick; tick < first_tick + ticks; ++tick) {
    if (!selection.has_tick(tick)) continue;
    const u32* const row = rows.data() + (tick - first_tick) * spike_row();
    for_each_core(shape_, selection, [&](const CorePlace& core, u32 replica, u64 first) {
      const auto add = [&](u32 neuron, i32 payload) {
        recording.spikes.push_back({tick, replica, core.position, neuron, payload});
      };
      if (shape_.spikes == SpikeRows::payloads) {
        for (u32 n = 0; n < core.neurons; ++n) {
          if (row[first + n] != 0) add(n, static_cast<i32>(row[first + n]));
        }
        return;
      }
      for (u32 n = 0; n < core.neurons; n += 32) {
        for (u32 bits = row[(first + n) / 32]; bits != 0; bits &= bits - 1) {
          add(n + static_cast<u32>(std::countr_zero(bits)), 1);
        }
      }
    });
  }
}

void ChunkRows::take_potentials(u64 first_tick, u64 ticks, const Selection& selection,
                                Recording& recording) const {
  for (u64 tick = first_tick; tick < first_tick + ticks; ++tick) {
    if (!selection.has_tick(tick)) continue;
    const auto row = downloaded<i32>(device_, potentials(tick - first_tick), potential_row());
    for_each_core(shape_, selection, [&](const CorePlace& core, u32 replica, u64 first) {
      for (u32 n = 0; n < core.neurons; ++n) {
        recording.potentials.push_back({tick, replica, core.position, n, row[first + n]});
      }
    });
  }
}

}  // namespace spikefab::sim::cuda
