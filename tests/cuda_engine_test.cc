// What the host side of the cuda engine owes a real GPU and an emulated one cannot miss: waits,
// limits of launches, counts over very long launches.
#include <gtest/gtest.h>

#include "tests/support/emulated_cuda.h"
#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

// What the engine did to its device.
struct Calls {
  u64 launches = 0;
  u64 waits_since_launch = 0;
};

class WatchedDevice : public EmulatedDevice {
 public:
  WatchedDevice(const EmulatedDeviceOptions& options, Calls& calls)
      : EmulatedDevice(options), calls_(calls) {}

  using EmulatedDevice::launch;
  void launch(const sim::cuda::Launch& launch, const void* arguments, u64 bytes) override {
    ++calls_.launches;
    calls_.waits_since_launch = 0;
    EmulatedDevice::launch(launch, arguments, bytes);
  }
  void download(void* to, sim::cuda::Address from, u64 bytes) override {
    ++calls_.waits_since_launch;
    EmulatedDevice::download(to, from, bytes);
  }
  void synchronize() override { ++calls_.waits_since_launch; }

 private:
  Calls& calls_;
};

sim::cuda::DeviceSource watched_source(Calls& calls) {
  std::vector<std::span<const char>> images(kernel_ptx().begin(), kernel_ptx().end());
  return {.unavailable = [] { return std::nullopt; },
          .open =
              [&calls](u32) {
                const EmulatedDeviceOptions quick = {.checks_unwritten = false,
                                                     .checks_races = false};
                return std::make_unique<WatchedDevice>(quick, calls);
              },
          .images = images};
}

// Two cores in opposite corners of the largest mesh. The neurons of the first fire in every tick;
// the second has none. No output bus.
Program far_chip(u32 neurons) {
  Program p;
  p.chip.mesh = {.width = max_mesh_side, .height = max_mesh_side};
  p.chip.axons = 1;
  p.chip.neurons = 64;
  p.chip.weights = 1;
  p.chip.slots = 3;
  p.chip.neuron_params = default_neuron_params(p.chip.neuron_model);
  p.position = {0, p.chip.mesh.size() - 1};
  p.neuron_begin = {0, neurons, neurons};
  p.axon_type = {0, 0};
  p.crossbar.assign(words_for(neurons), 0);
  p.weight.assign(neurons, 0);
  for (const i32 value : {1, 1, -5, 0, 0, 0}) {  // leak 1, threshold 1
    p.neuron_param.insert(p.neuron_param.end(), neurons, value);
  }
  p.neuron_state.assign(neurons, 0);
  p.target_core.assign(neurons, 1);
  p.target_axon.assign(neurons, 0);
  p.target_delay.assign(neurons, 0);
  return p;
}

TEST(CudaEngine, AdvanceWaitsForTheGpuEvenIfNothingIsRecorded) {
  Calls calls;
  sim::cuda::CudaEngine engine(watched_source(calls));
  engine.load(far_chip(64), {});
  sim::Recording ignored;

  engine.advance(100, {}, ignored);

  EXPECT_GT(calls.launches, 0u);
  EXPECT_GT(calls.waits_since_launch, 0u);
}

// In one launch a warp would count more than 32 bits hold.
TEST(CudaEngine, CountsDoNotWrapInLongRuns) {
  constexpr u64 ticks = 40'000;
  constexpr u64 hops = 2 * (max_mesh_side - 1);
  Calls calls;
  sim::cuda::CudaEngine engine(watched_source(calls));
  engine.configure({0, 1, 0, 0, 1});
  engine.load(far_chip(64), {});
  sim::Recording ignored;

  engine.advance(ticks, {}, ignored);

  const sim::State state = engine.state();
  EXPECT_EQ(state.counts[sim::spikes], 64 * ticks);
  EXPECT_EQ(state.counts[sim::hops], 64 * ticks * hops);
}

// A grid may have 2^31 - 1 blocks in x, but only 65,535 in y.
TEST(CudaEngine, TakesMoreReplicasThanAGridIsHigh) {
  constexpr u32 replicas = 66'000;
  Calls calls;
  sim::cuda::CudaEngine engine(watched_source(calls));
  Stimulus stimulus;
  stimulus.replicas = replicas;
  stimulus.begin.assign(replicas, 0);
  engine.load(far_chip(1), stimulus);
  sim::Recording recording;
  sim::RecordPlan plan;
  plan.digests = true;

  engine.advance(1, plan, recording);

  ASSERT_EQ(recording.digests.size(), replicas);
  EXPECT_EQ(recording.digests.front(), recording.digests.back());
}

}  // namespace
}  // namespace spikefab::test
