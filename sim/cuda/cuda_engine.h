// The cuda engine on any Device (sim/cuda/device.h): the GPU, or the emulated one of the tests.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "sim/chip_runner.h"
#include "sim/cuda/device.h"
#include "sim/cuda/launch_plan.h"
#include "sim/engine.h"

namespace spikefab::sim::cuda {

// Where an engine gets its device from.
struct DeviceSource {
  std::function<std::optional<std::string>()> unavailable;  // why there is none, or nothing
  std::function<std::unique_ptr<Device>(u32 index)> open;   // throws ResourceError
  std::vector<std::span<const char>> images;                // what the device loads
};

class CudaEngine : public Engine {
 public:
  explicit CudaEngine(DeviceSource source);
  ~CudaEngine() override;

  std::optional<std::string> unavailable() const override;
  std::vector<ParamSpec> options() const override;
  void configure(const std::vector<i32>& values) override;
  std::string how() const override;
  void load(const Program& program, const Stimulus& stimulus) override;
  void advance(u64 ticks, const RecordPlan& plan, Recording& recording) override;
  State state() const override;
  void restore(const State& state) override;

 private:
  Device& device();

  DeviceSource source_;
  u32 device_index_ = 0;
  PlanOptions plan_options_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<ChipRunner> runner_;
};

}  // namespace spikefab::sim::cuda
