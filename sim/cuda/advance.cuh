// The kernel that runs ticks: persistent, one launch for many ticks. The grid, its tiles, steps and
// the ring of waiting spikes are explained in sim/cuda/kernel_args.h.
#pragma once

#include "sim/cuda/core_part.cuh"
#include "sim/cuda/grid_barrier.cuh"

namespace spikefab::sim::cuda {

// Fetches the blobs of some cores into shared memory, staged_bytes apart.
__device__ inline void stage(const AdvanceArgs& args, Range cores, u8* shared) {
  for (u32 core = cores.begin; core < cores.end; ++core) {
    const CoreRecord& record = args.records[core];
    const auto* const from = reinterpret_cast<const int4*>(args.blobs + record.blob);
    auto* const to = reinterpret_cast<int4*>(shared + (core - cores.begin) * args.staged_bytes);
    for (u32 i = threadIdx.x; i < record.bytes / sizeof(int4); i += blockDim.x) to[i] = from[i];
  }
}

// `stages`: cores are fetched into shared memory, staged_cores at a time.
template <class Model, u32 per_lane, bool stages>
class Block {
  using Part = CorePart<Model, per_lane>;

 public:
  __device__ Block(const AdvanceArgs& args, u8* shared)
      : args_(args), shared_(shared), replicas_{tile(blockIdx.y), tile(blockIdx.y + 1)} {}

  __device__ void run() {
    stays_staged_ = stages && args_.layers == 1 && count(cores_of(0)) <= args_.staged_cores;
    if (stays_staged_) stage(args_, cores_of(0), shared_);
    inject(0, args_.step, args_.first_slot);
    if (fits_warps()) return run_resident();
    u32 slot = args_.first_slot;
    for (u32 begin = 0; begin < args_.ticks; begin += args_.step) {
      const u32 next = min(begin + args_.step, args_.ticks);
      const u32 next_slot = wrapped(slot + args_.step, args_.ring);
      for (u32 layer = 0; layer < args_.layers; ++layer) {
        wait_for_others();
        if (layer == 0) inject(next, next + args_.step, next_slot);
        run_layer(cores_of(layer), begin, next, slot);
      }
      slot = next_slot;
    }
  }

 private:
  // Whether each warp has one unit at most. Only the kernel for few neurons per multiprocessor
  // looks; for more, both ways in one kernel would not leave registers enough.
  __device__ bool fits_warps() const {
    if constexpr (per_lane > 2) {
      return false;
    } else {
      const u32 all = units(cores_of(0));
      return args_.layers == 1 && (!stages || stays_staged_) && all > 0 && all <= warps();
    }
  }

  // Each warp keeps what it works on, with the state in registers, from the first tick to the last.
  __device__ void run_resident() {
    const Range cores = cores_of(0);
    const u32 warp = threadIdx.x / warp_lanes;
    const bool works = warp < units(cores) && is_part(cores, warp);
    Part part = make_part(cores, works ? warp : 0);
    if (works) part.load();
    u32 slot = args_.first_slot;
    for (u32 row = 0; row < args_.ticks; ++row) {
      const u32 next_slot = wrapped(slot + 1, args_.ring);
      wait_for_others();
      inject(row + 1, row + 2, next_slot);
      if (works) part.run_tick(row, slot);
      slot = next_slot;
    }
    if (works) part.save();
  }

  __device__ void wait_for_others() const {
    grid_barrier(args_.barrier + blockIdx.y * barrier_stride, gridDim.x);
  }

  __device__ static u32 warps() { return blockDim.x / warp_lanes; }

  // A unit of work: a part of a core, for one replica.
  __device__ u32 units(Range cores) const { return count(cores) * args_.parts * count(replicas_); }
  __device__ u32 core_of(Range cores, u32 unit) const {
    return cores.begin + unit / count(replicas_) / args_.parts;
  }
  __device__ u32 part_of(u32 unit) const { return unit / count(replicas_) % args_.parts; }

  // Whether the core has that part. Part 0 takes the waiting spikes, be there neurons or not.
  __device__ bool is_part(Range cores, u32 unit) const {
    const u32 first = part_of(unit) * warp_lanes * per_lane;
    return first == 0 || first < args_.records[core_of(cores, unit)].padded;
  }

  __device__ Part make_part(Range cores, u32 unit) const {
    const u32 core = core_of(cores, unit);
    const CoreRecord record = args_.records[core];
    const u8* const blob =
        stages ? shared_ + (core - cores.begin) * args_.staged_bytes : args_.blobs + record.blob;
    return Part(args_, {blob, record}, core, part_of(unit),
                replicas_.begin + unit % count(replicas_));
  }

  __device__ static u32 count(Range range) { return range.end - range.begin; }

  // The first replica of a tile.
  __device__ u32 tile(u32 y) const { return static_cast<u32>(u64{args_.replicas} * y / gridDim.y); }

  __device__ Range cores_of(u32 layer) const {
    const u32* const begin = args_.tile_begin + layer * gridDim.x + blockIdx.x;
    return {begin[0], begin[1]};
  }

  // Sets the events of ticks begin .. end - 1 of the launch; those of a replica are spread over
  // several warps, if there are more warps than replicas.
  __device__ void inject(u32 begin, u32 end, u32 slot) {
    const u32 replicas = count(replicas_);
    const u32 all_warps = gridDim.x * warps();
    const u32 warp = (blockIdx.x * blockDim.x + threadIdx.x) / warp_lanes;
    const u32 sharing = max(all_warps / replicas, 1u);  // warps for one replica
    if (warp >= sharing * replicas) return;
    const u64 left = args_.event_ticks - min(args_.event_ticks, args_.first_tick);
    end = static_cast<u32>(min(u64{min(end, args_.ticks)}, left));
    for (u32 r = warp / sharing; r < replicas; r += all_warps / sharing) {
      const u32 replica = replicas_.begin + r;
      const u64* const ticks =
          args_.event_begin + replica * (args_.event_ticks + 1) + args_.first_tick;
      const Mailbox mailbox(args_, replica);
      LaneCounts counts;
      u32 tick_slot = slot;
      for (u32 row = begin; row < end; ++row) {
        const u64 first = ticks[row] + (warp % sharing) * warp_lanes + lane();
        for (u64 e = first; e < ticks[row + 1]; e += sharing * warp_lanes) {
          const Event event = args_.events[e];
          mailbox.deliver(event, wrapped(tick_slot + event.delay, args_.ring), row, counts);
        }
        tick_slot = wrapped(tick_slot + 1, args_.ring);
      }
      counts.add_to<u32>(args_.counts + u64{replica} * device_count_kinds);
    }
  }

  __device__ void run_layer(Range cores, u32 begin, u32 end, u32 slot) {
    if (!stages || stays_staged_) return run_cores(cores, begin, end, slot);
    const u32 at_a_time = args_.staged_cores;
    for (u32 first = cores.begin; first < cores.end; first += at_a_time) {
      const Range group{first, min(first + at_a_time, cores.end)};
      __syncthreads();  // the group before is done
      stage(args_, group, shared_);
      __syncthreads();  // all is fetched
      run_cores(group, begin, end, slot);
    }
  }

  // Each warp takes every so many-th unit.
  __device__ void run_cores(Range cores, u32 begin, u32 end, u32 slot) {
    for (u32 unit = threadIdx.x / warp_lanes; unit < units(cores); unit += warps()) {
      if (!is_part(cores, unit)) continue;
      Part part = make_part(cores, unit);
      part.load();
      u32 tick_slot = slot;
      for (u32 row = begin; row < end; ++row) {
        part.run_tick(row, tick_slot);
        tick_slot = wrapped(tick_slot + 1, args_.ring);
      }
      part.save();
    }
  }

  const AdvanceArgs& args_;
  u8* const shared_;
  const Range replicas_;
  bool stays_staged_ = false;
};

}  // namespace spikefab::sim::cuda
