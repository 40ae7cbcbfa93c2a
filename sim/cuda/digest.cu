// The kernel that sums the digest of the state, in the terms of sim/state.cc. Order does not
// matter.
#include <cub/block/block_reduce.cuh>

#include "base/mix.h"
#include "sim/cuda/kernel_args.h"

namespace spikefab::sim::cuda {
namespace {

class Digest {
 public:
  __device__ Digest(const DigestArgs& args)
      : args_(args),
        replica_(blockIdx.x),
        thread_(blockIdx.y * blockDim.x + threadIdx.x),
        threads_(gridDim.y * blockDim.x) {}

  __device__ u64 sum() const { return neurons() + waiting() + output(); }

 private:
  // The core's part of an index; `part` numbers state words or slots.
  __device__ u64 index_of(u32 part, u32 core) const {
    return u64{part} * args_.mesh_size + args_.position[core];
  }

  __device__ u64 neurons() const {
    u64 sum = 0;
    for (u32 word = 0; word < args_.state_words; ++word) {
      const u64 row = u64{replica_} * args_.state_words + word;
      for (u32 core = blockIdx.y; core < args_.cores; core += gridDim.y) {
        const CoreRecord& record = args_.records[core];
        const i32* const state = args_.neuron_state + row * args_.padded_neurons + record.first;
        const u64 first = index_of(word, core) * args_.core_neurons;
        for (u32 n = threadIdx.x; n < record.neurons; n += blockDim.x) {
          sum += digest_term(DigestKind::neuron_state, first + n, static_cast<u32>(state[n]));
        }
      }
    }
    return sum;
  }

  // One word of the program's order per turn.
  __device__ u64 waiting() const {
    const u32 words = words_for(args_.axons);
    const u64 all = u64{args_.slots} * args_.cores * words;
    u64 sum = 0;
    for (u64 i = thread_; i < all; i += threads_) {
      const u32 word = static_cast<u32>(i % words);
      const u32 core = static_cast<u32>(i / words % args_.cores);
      const u64 tick = args_.next_tick + i / words / args_.cores;
      const u32 slot = static_cast<u32>(tick % args_.slots);
      const u32* const bits = waiting_at(core, static_cast<u32>(tick % args_.ring));
      sum += digest_term(DigestKind::waiting_spikes, index_of(slot, core) * words + word,
                         gather(bits, core, word));
    }
    return sum;
  }

  __device__ const u32* waiting_at(u32 core, u32 ring_slot) const {
    const u64 row = (u64{replica_} * args_.ring + ring_slot) * args_.cores + core;
    return args_.waiting + row * args_.words;
  }

  // The waiting spikes of 64 axons in the program's order.
  __device__ u64 gather(const u32* bits, u32 core, u32 word) const {
    const u32 first = word * word_bits;
    const u32* const place = args_.place + u64{core} * args_.axons + first;
    u64 gathered = 0;
    for (u32 i = 0; i < min(word_bits, args_.axons - first); ++i) {
      gathered |= u64{bits[place[i] / 32] >> (place[i] % 32) & 1} << i;
    }
    return gathered;
  }

  __device__ u64 output() const {
    u64 sum = 0;
    for (u32 w = thread_; w < args_.output_words; w += threads_) {
      sum +=
          digest_term(DigestKind::output, w, args_.output[u64{replica_} * args_.output_words + w]);
    }
    return sum;
  }

  const DigestArgs& args_;
  const u32 replica_;
  const u32 thread_;
  const u32 threads_;
};

}  // namespace

extern "C" __global__ void __launch_bounds__(digest_threads)
    digest_state(const __grid_constant__ DigestArgs args) {
  using Reduce = cub::BlockReduce<unsigned long long, digest_threads>;
  __shared__ typename Reduce::TempStorage storage;
  const u64 sum = Reduce(storage).Sum(Digest(args).sum());
  if (threadIdx.x == 0) {
    atomicAdd(reinterpret_cast<unsigned long long*>(args.digests + blockIdx.x), sum);
  }
}

}  // namespace spikefab::sim::cuda
