#include "sim/cuda/cuda_engine.h"

#include "sim/cuda/loaded_chip.h"
#include "sim/cuda/synaptic_chip.h"

namespace spikefab::sim::cuda {

CudaEngine::CudaEngine(DeviceSource source) : source_(std::move(source)) {}
CudaEngine::~CudaEngine() = default;

std::optional<std::string> CudaEngine::unavailable() const { return source_.unavailable(); }

std::vector<ParamSpec> CudaEngine::options() const {
  return {{"device", 0, 0, 1023, "", "which GPU, as CUDA numbers them"},
          {"warps", 0, 0, 16, "", "of a block; 0: the engine chooses"},
          {"tiles", 0, 0, 65535, "", "blocks that share a chip; 0: the engine chooses"},
          {"step", 0, 0, 64, "ticks",
           "between barriers, above 1 for feed-forward chips; 0: the engine chooses"},
          {"stage", 1, 0, 1, "", "1: cores in shared memory where they fit, 0: never"}};
}

void CudaEngine::configure(const std::vector<i32>& values) {
  SPIKEFAB_ASSERT(values.size() == CudaEngine::options().size());
  device_index_ = static_cast<u32>(values[0]);
  plan_options_ = {.warps = static_cast<u32>(values[1]),
                   .tiles = static_cast<u32>(values[2]),
                   .step = static_cast<u32>(values[3]),
                   .stage = values[4] != 0};
}

Device& CudaEngine::device() {
  if (!device_) {
    auto device = source_.open(device_index_);
    for (const std::span<const char> image : source_.images) device->load(image);
    device_ = std::move(device);
  }
  return *device_;
}

std::string CudaEngine::how() const { return runner_ ? runner_->how() : ""; }

void CudaEngine::load(const Program& program, const Stimulus& stimulus) {
  runner_.reset();  // first, so that its memory is free
  if (program.chip.has_crossbars()) {
    runner_ = std::make_unique<LoadedChip>(device(), program, stimulus, plan_options_);
  } else {
    runner_ = std::make_unique<SynapticChip>(device(), program, stimulus, plan_options_);
  }
}

void CudaEngine::advance(u64 ticks, const RecordPlan& plan, Recording& recording) {
  runner_->advance(ticks, plan, recording);
}

State CudaEngine::state() const { return runner_->state(); }

void CudaEngine::restore(const State& state) { runner_->restore(state); }

}  // namespace spikefab::sim::cuda
