// spikefab_floors: what a GPU needs at least for the steps that a tick is made of, as JSON. Speed
// of the cuda engine is quoted as a share of these (benchmarks/README.md). Exit code 5: no GPU
// here.
#include <cooperative_groups.h>
#include <cuda_runtime.h>
#include <thrust/copy.h>
#include <thrust/device_vector.h>
#include <thrust/fill.h>
#include <thrust/host_vector.h>
#include <thrust/reduce.h>
#include <thrust/sort.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "sim/cuda/grid_barrier.cuh"

namespace spikefab::floors {
namespace {

constexpr int exit_failure = 1;
constexpr int exit_no_gpu = 5;  // cli/exit_codes.h: the machine lacks what is needed

void check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "spikefab_floors: %s: %s\n", what, cudaGetErrorString(error));
  std::exit(exit_failure);
}

// Good enough to spread addresses: xorshift [Marsaglia 2003].
__device__ u32 next_random(u32 x) {
  x ^= x << 13;
  x ^= x >> 17;
  return x ^ (x << 5);
}

__device__ u32 thread_seed() { return next_random(blockIdx.x * blockDim.x + threadIdx.x + 1); }

__global__ void empty() {}

__global__ void grid_barriers(u32* state, u32 rounds) {
  for (u32 i = 0; i < rounds; ++i) sim::cuda::grid_barrier(state, gridDim.x);
}

__global__ void cluster_barriers(u32 rounds) {
#if __CUDA_ARCH__ >= 900
  const auto cluster = cooperative_groups::this_cluster();
  for (u32 i = 0; i < rounds; ++i) cluster.sync();
#endif
}

__global__ void block_barriers(u32 rounds) {
  for (u32 i = 0; i < rounds; ++i) __syncthreads();
}

// Atomics to random words: where spikes go. `mask` is the number of words less one.
__global__ void global_or(u32* words, u32 mask, u32 rounds) {
  u32 x = thread_seed();
  for (u32 i = 0; i < rounds; ++i) {
    x = next_random(x);
    atomicOr(&words[x & mask], 1u << (x >> 27));
  }
}

__global__ void global_add(u32* words, u32 mask, u32 rounds) {
  u32 x = thread_seed();
  for (u32 i = 0; i < rounds; ++i) {
    x = next_random(x);
    atomicAdd(&words[x & mask], 1u);
  }
}

// Adds to random words of shared memory, then all of them to `total`.
__global__ void shared_add(unsigned long long* total, u32 rounds) {
  constexpr u32 size = 8192;
  __shared__ u32 words[size];
  for (u32 i = threadIdx.x; i < size; i += blockDim.x) words[i] = 0;
  __syncthreads();
  u32 x = thread_seed();
  for (u32 i = 0; i < rounds; ++i) {
    x = next_random(x);
    atomicAdd(&words[x % size], 1u);
  }
  __syncthreads();
  unsigned long long sum = 0;
  for (u32 i = threadIdx.x; i < size; i += blockDim.x) sum += words[i];
  atomicAdd(total, sum);
}

// Four chains that do not wait for each other; four operations of the kind in each round.
__global__ void population_counts(u32* out, u32 rounds, u32 step) {
  u32 a = threadIdx.x * step, b = a + 1, c = a + 2, d = a + 3;
  u32 sum = 0;
  for (u32 i = 0; i < rounds; ++i) {
    sum += static_cast<u32>(__popc(a) + __popc(b) + __popc(c) + __popc(d));
    a += step;
    b += step;
    c += step;
    d += step;
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

__global__ void logic(u32* out, u32 rounds, u32 step) {
  u32 a = threadIdx.x * step, b = a ^ 1, c = a ^ 2, d = a ^ 3;
  for (u32 i = 0; i < rounds; ++i) {
    const u32 carry_low = (a & b) | (c & (a ^ b));
    const u32 sum_low = a ^ b ^ c;
    const u32 carry_high = (b & c) | (d & (b ^ c));
    const u32 sum_high = b ^ c ^ d;
    a = carry_low;
    b = sum_low;
    c = carry_high;
    d = sum_high;
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = a ^ b ^ c ^ d;
}

// Reads all of `data` in each round, past L1.
__global__ void read_all(const uint4* data, u64 count, u32 rounds, u32* out) {
  u32 sum = 0;
  const u64 stride = u64{gridDim.x} * blockDim.x;
  for (u32 round = 0; round < rounds; ++round) {
#pragma unroll 8
    for (u64 i = u64{blockIdx.x} * blockDim.x + threadIdx.x; i < count; i += stride) {
      const uint4 v = __ldcg(&data[i]);
      sum += v.x + v.y + v.z + v.w;
    }
  }
  atomicAdd(out, sum);
}

// The median time of one call of `work`, which queues it on the default stream.
template <class Work>
double seconds_of(Work&& work) {
  constexpr int warm_ups = 2;
  constexpr int samples = 7;
  cudaEvent_t begin, end;
  check(cudaEventCreate(&begin), "event");
  check(cudaEventCreate(&end), "event");
  thrust::host_vector<float> milliseconds;
  for (int i = 0; i < warm_ups + samples; ++i) {
    check(cudaEventRecord(begin), "record");
    work();
    check(cudaEventRecord(end), "record");
    check(cudaEventSynchronize(end), "run");
    check(cudaGetLastError(), "launch");
    float taken = 0;
    check(cudaEventElapsedTime(&taken, begin, end), "time");
    if (i >= warm_ups) milliseconds.push_back(taken);
  }
  thrust::sort(milliseconds.begin(), milliseconds.end());
  check(cudaEventDestroy(begin), "event");
  check(cudaEventDestroy(end), "event");
  return static_cast<double>(milliseconds[samples / 2]) * 1e-3;
}

u32* words_of(thrust::device_vector<u32>& vector) {
  return thrust::raw_pointer_cast(vector.data());
}

class Floors {
 public:
  explicit Floors(const cudaDeviceProp& device)
      : device_(device), blocks_(static_cast<u32>(device.multiProcessorCount)) {}

  void measure() {
    print_device();
    launches();
    grid_barrier();
    cluster_barrier();
    atomics();
    arithmetic();
    bandwidth();
    std::printf("\n}\n");
  }

 private:
  void print_device() const {
    int driver = 0, runtime = 0, kilohertz = 0;
    check(cudaDriverGetVersion(&driver), "driver");
    check(cudaRuntimeGetVersion(&runtime), "runtime");
    check(cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, 0), "clock");
    std::printf(
        "{\n  \"schema_version\": 1,\n  \"device\": {\"name\": \"%s\", "
        "\"compute_capability\": %d, \"multiprocessors\": %u, \"l2_bytes\": %d, "
        "\"memory_bytes\": %zu, \"shared_bytes_per_multiprocessor\": %zu, \"clock_hz\": %.0f, "
        "\"driver\": %d, \"runtime\": %d}",
        device_.name, device_.major * 10 + device_.minor, blocks_, device_.l2CacheSize,
        device_.totalGlobalMem, device_.sharedMemPerMultiprocessor, kilohertz * 1e3, driver,
        runtime);
  }

  static void print(const std::string& name, double value) {
    std::printf(",\n  \"%s\": %.4g", name.c_str(), value);
  }

  void launches() const {
    constexpr int count = 2000;
    const auto launch_all = [this](cudaStream_t stream) {
      for (int i = 0; i < count; ++i) empty<<<blocks_, 256, 0, stream>>>();
    };
    print("launch_seconds", seconds_of([&] { launch_all(nullptr); }) / count);

    cudaStream_t stream;
    cudaGraph_t graph;
    cudaGraphExec_t executable;
    check(cudaStreamCreate(&stream), "stream");
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal), "capture");
    launch_all(stream);
    check(cudaStreamEndCapture(stream, &graph), "capture");
    check(cudaGraphInstantiate(&executable, graph, 0), "graph");
    const double all = seconds_of([&] { check(cudaGraphLaunch(executable, nullptr), "graph"); });
    print("graph_node_seconds", all / count);
    check(cudaGraphExecDestroy(executable), "graph");
    check(cudaGraphDestroy(graph), "graph");
    check(cudaStreamDestroy(stream), "stream");
  }

  // One block on each multiprocessor, as the engine has them.
  void grid_barrier() const {
    constexpr u32 rounds = 2000;
    thrust::device_vector<u32> state(2, 0);
    for (const u32 threads : {256u, 512u, 1024u}) {
      u32* words = words_of(state);
      u32 count = rounds;
      void* arguments[] = {&words, &count};
      const double all = seconds_of([&] {
        check(cudaLaunchCooperativeKernel(reinterpret_cast<void*>(grid_barriers), blocks_, threads,
                                          arguments, 0, nullptr),
              "cooperative launch");
      });
      print("grid_barrier_" + std::to_string(threads) + "_threads_seconds", all / rounds);
    }
  }

  void cluster_barrier() const {
    constexpr u32 rounds = 2000;
    constexpr u32 block_rounds = 100'000;
    const double all = seconds_of([] { block_barriers<<<1, 1024>>>(block_rounds); });
    print("block_barrier_seconds", all / block_rounds);
    if (device_.major < 9) return;  // no clusters
    cudaFuncSetAttribute(cluster_barriers, cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
    for (const u32 size : {2u, 8u, 16u}) {
      cudaLaunchAttribute attribute = {};
      attribute.id = cudaLaunchAttributeClusterDimension;
      attribute.val.clusterDim = {size, 1, 1};
      cudaLaunchConfig_t config = {};
      config.gridDim = size;
      config.blockDim = 256;
      config.attrs = &attribute;
      config.numAttrs = 1;
      const std::string name = "cluster_barrier_" + std::to_string(size) + "_blocks_seconds";
      if (cudaLaunchKernelEx(&config, cluster_barriers, 1u) != cudaSuccess) {
        static_cast<void>(cudaGetLastError());  // this GPU refuses the size, which is no failure
        std::printf(",\n  \"%s\": null", name.c_str());
        continue;
      }
      const double time = seconds_of(
          [&] { check(cudaLaunchKernelEx(&config, cluster_barriers, rounds), "cluster launch"); });
      print(name, time / rounds);
    }
  }

  void atomics() const {
    constexpr u32 threads = 256, rounds = 400;
    const u32 grid = blocks_ * 8;
    const double operations = static_cast<double>(u64{grid} * threads * rounds);
    for (const u32 log_words : {16u, 20u}) {
      const u32 count = 1u << log_words;
      thrust::device_vector<u32> words(count, 0);
      u32* data = words_of(words);
      const std::string size = std::to_string(count * sizeof(u32) >> 10) + "_kib_per_second";
      const double or_time =
          seconds_of([&] { global_or<<<grid, threads>>>(data, count - 1, rounds); });
      print("l2_or_" + size, operations / or_time);
      const double add_time =
          seconds_of([&] { global_add<<<grid, threads>>>(data, count - 1, rounds); });
      print("l2_add_" + size, operations / add_time);
      thrust::fill(words.begin(), words.end(), 0u);
      global_add<<<grid, threads>>>(data, count - 1, rounds);
      const u64 sum = thrust::reduce(words.begin(), words.end(), u64{0});
      if (static_cast<double>(sum) != operations) fail("an atomic addition was lost");
    }
    shared_atomics();
  }

  void shared_atomics() const {
    constexpr u32 threads = 512, rounds = 4000;
    const u32 grid = blocks_ * 4;
    thrust::device_vector<unsigned long long> total(1, 0);
    auto* sum = thrust::raw_pointer_cast(total.data());
    const double time = seconds_of([&] { shared_add<<<grid, threads>>>(sum, rounds); });
    const u64 operations = u64{grid} * threads * rounds;
    if (total[0] % operations != 0) fail("an atomic addition to shared memory was lost");
    print("shared_add_per_second", static_cast<double>(operations) / time);
  }

  void arithmetic() const {
    constexpr u32 threads = 256, rounds = 20'000, step = 77'777;
    const u32 grid = blocks_ * 8;
    thrust::device_vector<u32> out(u64{grid} * threads);
    u32* data = words_of(out);
    const double operations = 4.0 * static_cast<double>(u64{grid} * threads * rounds);
    const double counts =
        seconds_of([&] { population_counts<<<grid, threads>>>(data, rounds, step); });
    print("popc_per_second", operations / counts);
    const double logics = seconds_of([&] { logic<<<grid, threads>>>(data, rounds, step); });
    print("lop3_per_second", operations / logics);
  }

  double read_rate(thrust::device_vector<uint4>& data, u64 bytes, u32 rounds) const {
    const u64 count = bytes / sizeof(uint4);
    thrust::device_vector<u32> out(1, 0);
    const uint4* begin = thrust::raw_pointer_cast(data.data());
    const double time =
        seconds_of([&] { read_all<<<blocks_ * 4, 512>>>(begin, count, rounds, words_of(out)); });
    return static_cast<double>(count * sizeof(uint4) * rounds) / time;
  }

  void bandwidth() const {
    size_t free_bytes = 0, all_bytes = 0;
    check(cudaMemGetInfo(&free_bytes, &all_bytes), "memory");
    const u64 bytes = std::min<u64>(u64{1} << 30, free_bytes / 4);
    thrust::device_vector<uint4> data(bytes / sizeof(uint4), uint4{1, 2, 3, 4});
    print("l2_read_bytes_per_second", read_rate(data, device_.l2CacheSize / 3, 50));
    print("memory_read_bytes_per_second", read_rate(data, bytes, 1));
    thrust::device_vector<uint4> other(data.size());
    const double time = seconds_of([&] { thrust::copy(data.begin(), data.end(), other.begin()); });
    print("memory_copy_bytes_per_second", 2.0 * static_cast<double>(bytes) / time);
  }

  [[noreturn]] static void fail(const char* what) {
    std::fprintf(stderr, "spikefab_floors: %s\n", what);
    std::exit(exit_failure);
  }

  cudaDeviceProp device_;
  u32 blocks_;
};

}  // namespace
}  // namespace spikefab::floors

int main() {
  int devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  if (error != cudaSuccess || devices == 0) {
    std::fprintf(stderr, "spikefab_floors: no GPU here: %s\n",
                 error == cudaSuccess ? "the driver shows none" : cudaGetErrorString(error));
    return spikefab::floors::exit_no_gpu;
  }
  cudaDeviceProp device{};
  spikefab::floors::check(cudaGetDeviceProperties(&device, 0), "device");
  spikefab::floors::Floors(device).measure();
  return 0;
}
