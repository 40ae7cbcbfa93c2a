// The lanes of a warp, and what a lane counts for the totals of a replica.
#pragma once

#include <cub/warp/warp_reduce.cuh>

#include "sim/cuda/kernel_args.h"

namespace spikefab::sim::cuda {

inline constexpr u32 all_lanes = 0xffffffff;

__device__ inline u32 lane() { return threadIdx.x % warp_lanes; }
__device__ inline u32 wrapped(u32 slot, u32 ring) { return slot < ring ? slot : slot - ring; }
__device__ inline int first_bit(u32 bits) { return __ffs(static_cast<int>(bits)) - 1; }

// A half-open range of indices.
struct Range {
  u32 begin;
  u32 end;
};

// What a lane counted, until the state is stored.
struct LaneCounts {
  u32 count[device_count_kinds] = {};

  // For what may need more than 32 bits: what a lane cannot hold goes to the totals at once.
  __device__ void add(DeviceCount kind, u32 amount, u64* totals) {
    count[kind] += amount;
    if (count[kind] < amount) add_to_total(totals + kind, u64{1} << 32);
  }

  // Sum is u32 if all lanes together have counted less than 2^32.
  template <class Sum>
  __device__ void add_to(u64* totals) const {
#pragma unroll
    for (u32 kind = 0; kind < device_count_kinds; ++kind) {
      typename cub::WarpReduce<Sum>::TempStorage unused;
      const Sum sum = cub::WarpReduce<Sum>(unused).Sum(Sum{count[kind]});
      if (lane() == 0 && sum != 0) add_to_total(totals + kind, sum);
    }
  }

 private:
  __device__ static void add_to_total(u64* total, u64 amount) {
    atomicAdd(reinterpret_cast<unsigned long long*>(total), amount);
  }
};

}  // namespace spikefab::sim::cuda
