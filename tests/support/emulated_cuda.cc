#include "tests/support/emulated_cuda.h"

#include "base/registry.h"
#include "kernel_files.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

std::vector<std::span<const char>> as_images(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

const std::vector<std::string>& kernel_ptx() {
#define SPIKEFAB_PTX_TEXT(stem) read_whole_file(SPIKEFAB_PTX_DIR "/" #stem ".ptx"),
  static const std::vector<std::string> texts = {SPIKEFAB_FOR_EACH_KERNEL_FILE(SPIKEFAB_PTX_TEXT)};
#undef SPIKEFAB_PTX_TEXT
  return texts;
}

EmulatedCuda::EmulatedCuda(const EmulatedDeviceOptions& options,
                           const std::vector<std::string>& ptx)
    : EmulatedCuda(std::make_shared<Shared>(Shared{options}), ptx) {}

EmulatedCuda::EmulatedCuda(std::shared_ptr<Shared> shared, const std::vector<std::string>& ptx)
    : CudaEngine({.unavailable = [] { return std::nullopt; },
                  .open =
                      [shared](u32) {
                        auto device = std::make_unique<EmulatedDevice>(shared->options);
                        shared->device = device.get();
                        return device;
                      },
                  .images = as_images(ptx)}),
      shared_(shared) {}

std::vector<ParamSpec> EmulatedCuda::options() const {
  std::vector<ParamSpec> specs = CudaEngine::options();
  specs.push_back({"schedule", 0, 0, 3, "", "in which order warps run"});
  return specs;
}

void EmulatedCuda::configure(const std::vector<i32>& values) {
  shared_->options.schedule = static_cast<ptx::Schedule>(values.back());
  CudaEngine::configure({values.begin(), values.end() - 1});
}

namespace {

SPIKEFAB_REGISTER(sim::Engine, "cuda_emulated", EmulatedCuda, "engine cuda without a GPU, slowly");

}  // namespace
}  // namespace spikefab::test
