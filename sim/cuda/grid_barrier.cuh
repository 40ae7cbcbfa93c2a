// A barrier among blocks that run at the same time (a cooperative launch). Everything that any of
// their threads wrote before it is seen by all of them after it.
#pragma once

#include <cuda/atomic>

#include "base/hd.h"

namespace spikefab::sim::cuda {

// `state` is two words: how many blocks have come, and how often all had. The last one to come
// opens the barrier. All threads of a block call it; a single block needs no words.
__device__ inline void grid_barrier(u32* state, u32 blocks) {
  __syncthreads();
  if (blocks == 1) return;
  if (threadIdx.x == 0) {
    using Word = ::cuda::atomic_ref<u32, ::cuda::thread_scope_device>;
    Word arrived(state[0]);
    Word opened(state[1]);
    const u32 before = opened.load(::cuda::memory_order_relaxed);
    if (arrived.fetch_add(1, ::cuda::memory_order_acq_rel) == blocks - 1) {
      arrived.store(0, ::cuda::memory_order_relaxed);
      opened.store(before + 1, ::cuda::memory_order_release);
    } else {
      while (opened.load(::cuda::memory_order_acquire) == before) {
      }
    }
  }
  __syncthreads();
}

}  // namespace spikefab::sim::cuda
