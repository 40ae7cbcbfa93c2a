// Kernels as nvcc makes them, for the tests of the emulated device (tests/device_kernels_test.cc).
#include <cub/block/block_reduce.cuh>
#include <cub/block/block_scan.cuh>
#include <cub/warp/warp_reduce.cuh>
#include <cuda/atomic>

#include "tests/device/kernels/device_kernels.h"

namespace spikefab::test {

namespace {

__constant__ u32 odd_numbers[4] = {1, 3, 5, 7};
__device__ u32 launches_seen = 40;

// Thread 0 of each block waits for those of all blocks.
__device__ void wait_for_grid(u32* arrivals) {
  __syncthreads();
  if (threadIdx.x == 0) {
    cuda::atomic_ref<u32, cuda::thread_scope_device> counter(*arrivals);
    const u32 before = counter.fetch_add(1, cuda::memory_order_acq_rel);
    const u32 all = (before / gridDim.x + 1) * gridDim.x;
    while (counter.load(cuda::memory_order_acquire) < all) __nanosleep(100);
  }
  __syncthreads();
}

__noinline__ __device__ u32 square_of_sum(u32 a, const u32* b) { return (a + *b) * (a + *b); }

}  // namespace

// out: the sums before each thread, and behind them the sum of all.
template <int threads>
__device__ void reduce_and_scan(const DeviceKernelArgs& args) {
  using Reduce = cub::BlockReduce<u32, threads>;
  using Scan = cub::BlockScan<u32, threads>;
  __shared__ union {
    typename Reduce::TempStorage reduce;
    typename Scan::TempStorage scan;
  } storage;
  const u32 value = args.in[threadIdx.x];
  const u32 sum = Reduce(storage.reduce).Sum(value);
  __syncthreads();
  u32 before = 0;
  Scan(storage.scan).ExclusiveSum(value, before);
  args.out[threadIdx.x] = before;
  if (threadIdx.x == 0) args.out[threads] = sum;
}
extern "C" __global__ void cub_block_32(DeviceKernelArgs args) { reduce_and_scan<32>(args); }
extern "C" __global__ void cub_block_96(DeviceKernelArgs args) { reduce_and_scan<96>(args); }
extern "C" __global__ void cub_block_256(DeviceKernelArgs args) { reduce_and_scan<256>(args); }
extern "C" __global__ void cub_block_512(DeviceKernelArgs args) { reduce_and_scan<512>(args); }

// out: the largest of each group of 8 threads, as a 64-bit number.
extern "C" __global__ void cub_warp(DeviceKernelArgs args) {
  using Reduce = cub::WarpReduce<u64, 8>;
  __shared__ typename Reduce::TempStorage storage[16];
  const u64 value = u64{args.in[threadIdx.x]} << 20;
  const u32 group = threadIdx.x / 8;
  const u64 largest = Reduce(storage[group]).Reduce(value, cuda::maximum<u64>());
  if (threadIdx.x % 8 == 0) args.wide[group] = largest;
}

// Branches in branches, and loops of different length.
extern "C" __global__ void divergence(DeviceKernelArgs args) {
  u32 value = args.in[threadIdx.x], steps = 0;
  while (value != 1) {  // Collatz
    if (value % 2 == 0) {
      value /= 2;
    } else {
      value = 3 * value + 1;
      if (value > 100) steps += 1000;
    }
    ++steps;
  }
  args.out[threadIdx.x] = steps;
}

extern "C" __global__ void warp_exchange(DeviceKernelArgs args) {
  const u32 value = args.in[threadIdx.x];
  u32* out = args.out + 8 * threadIdx.x;
  out[0] = __shfl_up_sync(~0u, value, 3);
  out[1] = __shfl_down_sync(~0u, value, 5, 8);
  out[2] = __shfl_xor_sync(~0u, value, 7);
  out[3] = __shfl_sync(~0u, value, 9, 16);
  out[4] = __ballot_sync(~0u, value % 3 == 0);
  out[5] = __any_sync(~0u, value == 31) * 2 + __all_sync(~0u, value < 32);
  out[6] = __reduce_add_sync(~0u, value);
  out[7] = __match_any_sync(~0u, value % 4);
}

// Half warps that parted, each with its own mask.
extern "C" __global__ void half_warps(DeviceKernelArgs args) {
  const u32 value = args.in[threadIdx.x];
  if (threadIdx.x % 32 < 16) {
    args.out[threadIdx.x] = __reduce_max_sync(0xffffu, value);
  } else {
    args.out[threadIdx.x] = __reduce_min_sync(0xffff0000u, value);
  }
}

// Warps 0 and 1 hand over to 2 and 3 by barrier 1; 4 and 5 exchange by barrier 2.
extern "C" __global__ void named_barriers(DeviceKernelArgs args) {
  __shared__ u32 box[128];
  const u32 t = threadIdx.x;
  if (t < 64) {
    box[t] = args.in[t];
    asm volatile("bar.arrive 1, 128;" ::: "memory");
  } else if (t < 128) {
    asm volatile("bar.sync 1, 128;" ::: "memory");
    args.out[t] = box[127 - t];
  } else {
    box[t - 64] = t;
    asm volatile("bar.sync 2, 64;" ::: "memory");
    args.out[t] = box[255 - t];
  }
  const int count = __syncthreads_count(t % 3 == 0);
  const int some = __syncthreads_or(t == 77), every = __syncthreads_and(t != 77);
  if (t == 0) args.out[192] = static_cast<u32>(1000 * count + 10 * some + every);
}

// Each round every block adds to the words that the others read in the next.
extern "C" __global__ void grid_rounds(DeviceKernelArgs args) {
  extern __shared__ u32 mine[];
  for (u32 round = 0; round < args.n; ++round) {
    atomicAdd(&args.out[round], threadIdx.x + blockIdx.x);
    wait_for_grid(args.arrivals);
    mine[threadIdx.x] = args.out[round];
    __syncthreads();
    if (mine[(threadIdx.x + 1) % blockDim.x] != args.out[round]) __trap();
  }
}

// Local memory, calls, a switch, constants, variables of the module, and 128-bit sums.
extern "C" __global__ void language(DeviceKernelArgs args) {
  const u32 t = threadIdx.x;
  u32 local[8];
  for (u32 i = 0; i < 8; ++i) local[(i + args.n) % 8] = args.in[i] * i;
  u32 value = square_of_sum(local[t % 8], args.in);
  switch (args.in[t] % 6) {
    case 0:
      value += 7;
      break;
    case 1:
      value ^= args.n;
      break;
    case 2:
      value = __brev(value);
      break;
    case 3:
      value = __popc(value) + __clz(static_cast<int>(value));
      break;
    case 4:
      value = value / (args.n + t) + value % 11;
      break;
    default:
      value = __byte_perm(value, args.n, 0x3715);
  }
  unsigned __int128 wide = static_cast<unsigned __int128>(args.wide[0]) * args.wide[1];
  wide += args.wide[1];
  args.out[t] = value + odd_numbers[t % 4] + static_cast<u32>(wide >> 64) +
                static_cast<u32>(static_cast<signed char>(value)) * 2;
  if (t == 0) args.out[blockDim.x] = ++launches_seen;
}

// One tick of a RANC-like core a block: types, popcounts, ballot, atomics; for measurements.
extern "C" __global__ void core_tick(DeviceKernelArgs args) {
  __shared__ u32 active[8];
  __shared__ u32 spikes;
  const u32 t = threadIdx.x, core = blockIdx.x;
  if (t < 8) active[t] = args.in[core * 8 + t];
  if (t == 0) spikes = 0;
  __syncthreads();
  const uint4* rows = reinterpret_cast<const uint4*>(args.rows) + (core * 256 + t) * 2;
  u32 sum = 0;
  for (u32 round = 0; round < args.n; ++round) {
    const uint4 low = rows[0], high = rows[1];
    sum += __popc(low.x & active[0]) + __popc(low.y & active[1]) + __popc(low.z & active[2]) +
           __popc(low.w & active[3]) + __popc(high.x & active[4]) + __popc(high.y & active[5]) +
           __popc(high.z & active[6]) + __popc(high.w & active[7]);
    sum = sum * 5 + round;
  }
  const u32 fires = __ballot_sync(~0u, (sum & 3) == 0);
  if (t % 32 == 0) atomicAdd(&spikes, static_cast<u32>(__popc(fires)));
  args.out[core * 256 + t] = sum;
  __syncthreads();
  if (t == 0) atomicAdd(args.arrivals, spikes);
}

// Arithmetic only, for measurements.
extern "C" __global__ void mix(DeviceKernelArgs args) {
  u32 a = threadIdx.x, b = args.n, c = blockIdx.x;
#pragma unroll 8
  for (u32 i = 0; i < args.n; ++i) {
    a = a * 1664525 + b;
    b = (b ^ (a >> 7)) + c;
    c = (c << 3 | c >> 29) ^ b;
  }
  args.out[blockIdx.x * blockDim.x + threadIdx.x] = a + b + c;
}

}  // namespace spikefab::test
