// One program with and without a GPU: what `spikefab` says when there is no driver, no GPU, too
// little memory, and that its kernels run through the driver's functions. The driver is a fake one
// on the emulated device (tests/fake_driver/).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "tests/support/command_files.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string with_fake_driver = "LD_LIBRARY_PATH=" SPIKEFAB_FAKE_DRIVER;

class CudaDriver : public testing::Test {
 protected:
  ToolRun run(const std::string& engine, std::vector<std::string> environment) {
    RunningProgram tool({SPIKEFAB_TOOL, "run", files_.program, "--stimulus", files_.stimulus,
                         "--engine", engine, "--json"},
                        environment);
    return tool.wait();
  }

  static std::string digest_of(const ToolRun& run) {
    EXPECT_EQ(run.code, 0) << run.err;
    return run.code == 0 ? json::parse(run.out).at("result_digest").get<std::string>() : "none";
  }

  const TempFolder folder_;
  const ProgramFiles files_ = write_vmm_files(folder_);
};

TEST_F(CudaDriver, RunsTheKernelsWithTheBitsOfTheReference) {
  const std::string want = digest_of(run("serial", {}));

  EXPECT_EQ(digest_of(run("cuda", {with_fake_driver})), want);
  EXPECT_EQ(digest_of(run("cuda:warps=2,tiles=2,stage=0", {with_fake_driver})), want);
}

TEST_F(CudaDriver, IsNamedWithTheGpuAndItsLayout) {
  const ToolRun tool = run("cuda", {with_fake_driver});

  EXPECT_THAT(tool.err,
              AllOf(HasSubstr("engine: cuda (Fake GPU, 1 replica on"), HasSubstr("as asked")));
}

TEST_F(CudaDriver, IsAskedForThatGpu) {
  const ToolRun tool = run("cuda:device=1", {with_fake_driver});

  EXPECT_EQ(tool.code, cli::exit_usage);
  EXPECT_THAT(tool.err, HasSubstr("device = 1 (must be 0..0"));
}

// An empty file in its place hides a real driver, wherever it is.
TEST_F(CudaDriver, MayNotBeInstalled) {
  folder_.write("libcuda.so.1", "");
  const std::string without_driver = "LD_LIBRARY_PATH=" + folder_.path();

  const ToolRun asked = run("cuda", {without_driver});
  const ToolRun automatic = run("auto", {without_driver});

  EXPECT_EQ(asked.code, cli::exit_resource);
  EXPECT_THAT(asked.err, AllOf(HasSubstr("no NVIDIA driver (libcuda.so.1 is not installed)"),
                               HasSubstr("--engine auto")));
  EXPECT_EQ(digest_of(automatic), digest_of(run("serial", {})));
  EXPECT_THAT(automatic.err, AllOf(HasSubstr("engine: cpu"), HasSubstr("no NVIDIA driver")));
}

TEST_F(CudaDriver, MayFindNoGpu) {
  const std::vector<std::string> hidden = {with_fake_driver, "CUDA_VISIBLE_DEVICES="};

  const ToolRun asked = run("cuda", hidden);
  const ToolRun automatic = run("auto", hidden);

  EXPECT_EQ(asked.code, cli::exit_resource);
  EXPECT_THAT(asked.err, HasSubstr("finds no GPU (CUDA_VISIBLE_DEVICES is '')"));
  EXPECT_EQ(automatic.code, 0);
  EXPECT_THAT(automatic.err, AllOf(HasSubstr("engine: cpu"), HasSubstr("finds no GPU")));
}

TEST_F(CudaDriver, MayHaveTooLittleMemory) {
  const ToolRun asked = run("cuda", {with_fake_driver, "FAKE_GPU_MIB=8"});

  EXPECT_EQ(asked.code, cli::exit_resource);
  EXPECT_THAT(asked.err, AllOf(HasSubstr("MiB of GPU memory (8 MiB are free)"),
                               HasSubstr("--engine cpu"), Not(HasSubstr("bug"))));
}

// 512 cores are enough for auto to ask the GPU.
TEST_F(CudaDriver, WithTooLittleMemoryIsNotTakenByAuto) {
  RunningProgram tool({SPIKEFAB_TOOL, "demo", "-n", "2"}, {with_fake_driver, "FAKE_GPU_MIB=8"});

  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.err, AllOf(HasSubstr("engine: cpu"), HasSubstr("not cuda"),
                             HasSubstr("MiB of GPU memory (8 MiB are free)")));
}

TEST_F(CudaDriver, IsReportedByDoctorAndList) {
  RunningProgram doctor({SPIKEFAB_TOOL, "doctor"}, {with_fake_driver});
  RunningProgram list({SPIKEFAB_TOOL, "list"}, {with_fake_driver, "CUDA_VISIBLE_DEVICES="});

  EXPECT_THAT(doctor.wait().out, HasSubstr("13.0"));
  EXPECT_THAT(list.wait().out, HasSubstr("finds no GPU"));
}

}  // namespace
}  // namespace spikefab::test
