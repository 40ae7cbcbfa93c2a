// The semantics of a tick, instantiated for the device, so that CI's nvcc build fails when a shared
// header stops being one. Not run: the CUDA engine's own kernels are.
#include "sim/synaptic_tick.h"

namespace spikefab::sim {
namespace {

struct AtomicMemory {
  __device__ static void add(u64& counter, u64 amount) {
    atomicAdd(reinterpret_cast<unsigned long long*>(&counter), amount);
  }
  __device__ static void add(i32& sum, i32 amount) { atomicAdd(&sum, amount); }
  __device__ static u64 set_bits(u64& word, u64 bits) {
    return atomicOr(reinterpret_cast<unsigned long long*>(&word), bits);
  }
};

}  // namespace

__global__ void inject_on_device(ProgramView p, StateView s, u64 tick, u32 core, u32 axon) {
  inject(p, s, AtomicMemory{}, tick, CoreId{core}, AxonId{axon}, 0);
}

__global__ void inject_payload_on_device(SynapticView p, StateView s, u64 tick, u32 core, u32 axon,
                                         i32 payload) {
  inject(p, s, AtomicMemory{}, tick, CoreId{core}, AxonId{axon}, payload);
}

__global__ void take_output_on_device(StateView s, u64* shown) {
  shown[blockIdx.x] = take_output(s, AtomicMemory{}, blockIdx.x);
}

__global__ void update_on_device(ProgramView p, StateView s, u64 tick, const i32* input) {
  const u64 n = u64{blockIdx.x} * blockDim.x + threadIdx.x;
  if (n >= p.neurons) return;
  NeuronModels::at(p.neuron_model, [&](auto model) {
    if (update_neuron<decltype(model)>(p, s, n, input[n])) {
      send_spike(p, s, AtomicMemory{}, tick, n);
    }
  });
}

__global__ void update_compartments_on_device(SynapticView p, StateView s, NeuronRandom random,
                                              i32* sent) {
  const u64 n = u64{blockIdx.x} * blockDim.x + threadIdx.x;
  if (n >= p.neurons) return;
  CompartmentModels::at(p.neuron_model, [&](auto model) {
    sent[n] = update_compartment<decltype(model)>(p, s, n, random);
  });
  if (sent[n] != 0) send_payload(p, s, AtomicMemory{}, random.tick, n, sent[n]);
}

}  // namespace spikefab::sim
