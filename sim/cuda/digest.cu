// The kernels that sum the digest of the state, in the terms of sim/state.cc: digest_crossbars and
// digest_synaptic. Order does not matter.
#include <cub/block/block_reduce.cuh>

#include "arch/synapse.h"
#include "base/mix.h"
#include "sim/cuda/synaptic_args.h"

namespace spikefab::sim::cuda {
namespace {

// What is the same for both; blocks (replica, y).
template <class Args>
class StateDigest {
 protected:
  __device__ explicit StateDigest(const Args& args)
      : args_(args),
        replica_(blockIdx.x),
        thread_(blockIdx.y * blockDim.x + threadIdx.x),
        threads_(gridDim.y * blockDim.x) {}

  // A row of neuron_state.
  __device__ const i32* states(u32 word, u64 neurons) const {
    return args_.neuron_state + (u64{replica_} * args_.state_words + word) * neurons;
  }

  // The part of a core's neurons, thread by thread; `first` is the index of the first one.
  __device__ static u64 sum_of_core(DigestKind kind, u64 first, const i32* values, u32 count) {
    u64 sum = 0;
    for (u32 n = threadIdx.x; n < count; n += blockDim.x) {
      sum += digest_term(kind, first + n, static_cast<u32>(values[n]));
    }
    return sum;
  }

  __device__ u64 output() const {
    u64 sum = 0;
    for (u32 w = thread_; w < args_.output_words; w += threads_) {
      sum +=
          digest_term(DigestKind::output, w, args_.output[u64{replica_} * args_.output_words + w]);
    }
    return sum;
  }

  const Args& args_;
  const u32 replica_;
  const u32 thread_;
  const u32 threads_;
};

class CrossbarDigest : StateDigest<DigestArgs> {
 public:
  __device__ explicit CrossbarDigest(const DigestArgs& args) : StateDigest(args) {}

  __device__ u64 sum() const { return neurons() + waiting() + output(); }

 private:
  // The core's part of an index; `part` numbers state words or slots.
  __device__ u64 index_of(u32 part, u32 core) const {
    return u64{part} * args_.mesh_size + args_.position[core];
  }

  __device__ u64 neurons() const {
    u64 sum = 0;
    for (u32 word = 0; word < args_.state_words; ++word) {
      for (u32 core = blockIdx.y; core < args_.cores; core += gridDim.y) {
        const CoreRecord& record = args_.records[core];
        sum += sum_of_core(DigestKind::neuron_state, index_of(word, core) * args_.core_neurons,
                           states(word, args_.padded_neurons) + record.first, record.neurons);
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
};

class SynapticDigest : StateDigest<SynapticDigestArgs> {
 public:
  __device__ explicit SynapticDigest(const SynapticDigestArgs& args) : StateDigest(args) {}

  __device__ u64 sum() const {
    u64 sum = output();
    for (u32 c = blockIdx.y; c < args_.all_cores; c += gridDim.y) {
      const SynapticCore core = args_.cores[c];
      for (u32 word = 0; word < args_.state_words; ++word) {
        sum += sum_of_core(DigestKind::neuron_state, index_of(word, core) * args_.core_neurons,
                           states(word, args_.neurons) + core.first, core.neurons);
      }
      for (u32 slot = 0; slot < args_.slots; ++slot) {
        sum += sum_of_core(DigestKind::accumulator, index_of(slot, core) * max_accumulators,
                           accumulators(slot) + u64{core.first} * args_.inputs,
                           core.neurons * args_.inputs);
      }
    }
    return sum;
  }

 private:
  // `part` numbers state words or slots.
  __device__ u64 index_of(u32 part, const SynapticCore& core) const {
    return u64{part} * args_.mesh_size + core.position;
  }

  __device__ const i32* accumulators(u32 slot) const {
    return args_.accumulators + (u64{replica_} * args_.slots + slot) * args_.neurons * args_.inputs;
  }
};

// All threads of a block.
template <class Digest, class Args>
__device__ void add_digest(const Args& args) {
  using Reduce = cub::BlockReduce<unsigned long long, digest_threads>;
  __shared__ typename Reduce::TempStorage storage;
  const u64 sum = Reduce(storage).Sum(Digest(args).sum());
  if (threadIdx.x == 0) {
    atomicAdd(reinterpret_cast<unsigned long long*>(args.digests + blockIdx.x), sum);
  }
}

}  // namespace

extern "C" __global__ void __launch_bounds__(digest_threads)
    digest_crossbars(const __grid_constant__ DigestArgs args) {
  add_digest<CrossbarDigest>(args);
}

extern "C" __global__ void __launch_bounds__(digest_threads)
    digest_synaptic(const __grid_constant__ SynapticDigestArgs args) {
  add_digest<SynapticDigest>(args);
}

}  // namespace spikefab::sim::cuda
