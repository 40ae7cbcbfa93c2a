// The emulated device on what nvcc makes of kernels (tests/device/kernels/), under all schedules.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>

#include "tests/device/emulated_device.h"
#include "tests/device/kernels/device_kernels.h"
#include "tests/device/mutations.h"
#include "tests/support/engines.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using ptx::Schedule;
constexpr Schedule all_schedules[] = {Schedule::lockstep, Schedule::ascending, Schedule::descending,
                                      Schedule::drift};

class DeviceKernels : public testing::TestWithParam<Schedule> {
 protected:
  void SetUp() override {
#ifdef SPIKEFAB_PTX_DIR
    text = read_whole_file(SPIKEFAB_PTX_DIR "/device_kernels.ptx");
    device.load(text);
    device.fill(wide.address(), 1, wide.bytes());
    device.fill(arrivals.address(), 0, arrivals.bytes());
    device.fill(out.address(), 0, out.bytes());
#else
    skip_for_want_of("nvcc", "no nvcc: there is no PTX of device_kernels.cu");
#endif
  }

  static constexpr u32 words = 4096;

  std::vector<u32> run(sim::cuda::Launch launch, const std::vector<u32>& input, u64 results,
                       u32 n = 3) {
    return run_on(device, launch, input, results, n);
  }
  std::vector<u32> run_on(EmulatedDevice& on, const sim::cuda::Launch& launch,
                          const std::vector<u32>& input, u64 results, u32 n) {
    on.upload(in.address(), input.data(), input.size() * 4);
    on.launch(launch, DeviceKernelArgs{pointer<u32>(in), pointer<u32>(out), pointer<u64>(wide),
                                       pointer<u32>(arrivals), pointer<u32>(in), n});
    std::vector<u32> values(results);
    on.download(values.data(), out.address(), results * 4);
    return values;
  }
  template <class T>
  static T* pointer(const sim::cuda::Buffer& buffer) {
    return reinterpret_cast<T*>(buffer.address());
  }

  std::string text;
  EmulatedDevice device{{.schedule = GetParam(), .seed = 5}};
  sim::cuda::Buffer in{device, words * 4}, out{device, words * 4}, wide{device, 1024},
      arrivals{device, 64};
};

std::vector<u32> random_words(u64 count, u32 least, u32 greatest) {
  std::mt19937 random(7);
  std::vector<u32> values(count);
  for (auto& value : values) value = least + static_cast<u32>(random() % (greatest - least + 1));
  return values;
}

TEST_P(DeviceKernels, CubReducesAndScansBlocks) {
  for (const u32 threads : {32u, 96u, 256u, 512u}) {
    const auto input = random_words(threads, 0, ~0u - 1);

    const auto results = run({.kernel = "cub_block_" + std::to_string(threads), .block = threads},
                             input, threads + 1);

    std::vector<u32> expected(threads + 1, 0);
    std::partial_sum(input.begin(), input.end(), expected.begin() + 1);
    EXPECT_EQ(results, expected) << threads;
  }
}

TEST_P(DeviceKernels, CubReducesPartsOfWarps) {
  const auto input = random_words(128, 0, 1'000'000);

  run({.kernel = "cub_warp", .block = 128}, input, 0);

  std::vector<u64> results(16);
  device.download(results.data(), wide.address(), 16 * 8);
  for (u64 group = 0; group < 16; ++group) {
    const auto first = input.begin() + static_cast<i64>(8 * group);
    EXPECT_EQ(results[group], u64{*std::max_element(first, first + 8)} << 20);
  }
}

TEST_P(DeviceKernels, LanesThatPartMeetAgain) {
  std::vector<u32> input(128);
  std::iota(input.begin(), input.end(), 1);

  const auto results = run({.kernel = "divergence", .block = 128}, input, 128);

  for (u32 t = 0; t < 128; ++t) {
    u32 steps = 0;
    for (u32 value = input[t]; value != 1; ++steps) {
      const bool odd = value % 2 == 1;
      value = odd ? 3 * value + 1 : value / 2;
      if (odd && value > 100) steps += 1000;
    }
    EXPECT_EQ(results[t], steps);
  }
}

TEST_P(DeviceKernels, WarpsExchange) {
  const auto input = random_words(64, 0, 31);

  const auto results = run({.kernel = "warp_exchange", .block = 64}, input, 8 * 64);

  for (u32 t = 0; t < 64; ++t) {
    const u32 lane = t % 32, base = t - lane;
    const auto of = [&](u32 from) { return input[base + from]; };
    u32 thirds = 0, sum = 0, same = 0;
    bool any = false;
    for (u32 l = 0; l < 32; ++l) {
      thirds |= u32{of(l) % 3 == 0} << l;
      same |= u32{of(l) % 4 == of(lane) % 4} << l;
      sum += of(l);
      any |= of(l) == 31;
    }
    const std::vector<u32> expected = {of(lane < 3 ? lane : lane - 3),
                                       of(lane % 8 + 5 < 8 ? lane + 5 : lane),
                                       of(lane ^ 7),
                                       of(lane / 16 * 16 + 9),
                                       thirds,
                                       u32{any} * 2 + 1,
                                       sum,
                                       same};
    EXPECT_EQ(std::vector(results.begin() + 8 * t, results.begin() + 8 * t + 8), expected);
  }
}

TEST_P(DeviceKernels, HalfWarpsReduceOnTheirOwn) {
  const auto input = random_words(64, 0, 1000);

  const auto results = run({.kernel = "half_warps", .block = 64}, input, 64);

  for (u32 t = 0; t < 64; ++t) {
    const auto first = input.begin() + t / 16 * 16;
    EXPECT_EQ(results[t], t % 32 < 16 ? *std::max_element(first, first + 16)
                                      : *std::min_element(first, first + 16));
  }
}

TEST_P(DeviceKernels, NamedBarriersHandOver) {
  const auto input = random_words(64, 0, 1000);

  const auto results = run({.kernel = "named_barriers", .block = 192}, input, 193);

  for (u32 t = 64; t < 128; ++t) EXPECT_EQ(results[t], input[127 - t]);
  for (u32 t = 128; t < 192; ++t) EXPECT_EQ(results[t], 128 + (191 - t));
  EXPECT_EQ(results[192], 64 * 1000 + 10);
}

TEST_P(DeviceKernels, BlocksWaitForEachOther) {
  constexpr u32 blocks = 13, threads = 96, rounds = 20;

  const auto results = run({.kernel = "grid_rounds",
                            .grid_x = blocks,
                            .block = threads,
                            .shared_bytes = threads * 4,
                            .cooperative = true},
                           {0}, rounds, rounds);

  const u32 sum = blocks * (threads * (threads - 1) / 2) + threads * (blocks * (blocks - 1) / 2);
  EXPECT_EQ(results, std::vector<u32>(rounds, sum));
}

TEST_P(DeviceKernels, LocalMemoryCallsSwitchesAndVariables) {
  const auto input = random_words(64, 0, 1000);
  const u64 factors[] = {~u64{0} - 5, ~u64{0} / 3};
  device.upload(wide.address(), factors, sizeof factors);

  const auto results = run({.kernel = "language", .block = 64}, input, 65, 3);

  unsigned __int128 product = static_cast<unsigned __int128>(factors[0]) * factors[1];
  product += factors[1];
  for (u32 t = 0; t < 64; ++t) {
    const u32 i = (t % 8 + 8 - 3) % 8;
    const u32 root = input[i] * i + input[0];
    u32 value = root * root;
    switch (input[t] % 6) {
      case 0:
        value += 7;
        break;
      case 1:
        value ^= 3;
        break;
      case 2: {
        u32 reversed = 0;
        for (u32 bit = 0; bit < 32; ++bit) reversed |= (value >> bit & 1) << (31 - bit);
        value = reversed;
        break;
      }
      case 3:
        value = static_cast<u32>(std::popcount(value) + std::countl_zero(value));
        break;
      case 4:
        value = value / (3 + t) + value % 11;
        break;
      default:
        value &= 0xff00ff00;  // bytes 5, 1, 7, 3 of the value and 3
    }
    const u32 expected = value + 2 * (t % 4) + 1 + static_cast<u32>(product >> 64) +
                         static_cast<u32>(static_cast<std::int8_t>(value)) * 2;
    EXPECT_EQ(results[t], expected);
  }
  EXPECT_EQ(results[64], 41u);
}

TEST_P(DeviceKernels, CountsDoNotDependOnTheSchedule) {
  EmulatedDevice reference;
  reference.load(text);
  const auto count = [&](EmulatedDevice& on) {
    const sim::cuda::Buffer input(on, 4096), output(on, 4096), waits(on, 64);
    on.fill(waits.address(), 0, 64);
    on.fill(output.address(), 0, 4096);
    on.reset_counts();
    on.launch(
        {.kernel = "grid_rounds",
         .grid_x = 7,
         .block = 64,
         .shared_bytes = 256,
         .cooperative = true},
        DeviceKernelArgs{nullptr, pointer<u32>(output), nullptr, pointer<u32>(waits), nullptr, 9});
    return on.counts("grid_rounds");
  };

  const auto expected = count(reference), counted = count(device);

  EXPECT_EQ(counted.thread_instructions, expected.thread_instructions);
  EXPECT_EQ(counted.by_cost, expected.by_cost);
  EXPECT_EQ(counted.of(ptx::Cost::atomic), 7 * (64 + 1) * 9);
  EXPECT_EQ(counted.of(ptx::Cost::barrier), 7 * 64 * 3 * 9);
}

std::string name_of(Schedule schedule) {
  const char* const names[] = {"lockstep", "ascending", "descending", "drift"};
  return names[static_cast<u64>(schedule)];
}

INSTANTIATE_TEST_SUITE_P(Schedules, DeviceKernels, testing::ValuesIn(all_schedules),
                         [](const auto& of) { return name_of(of.param); });

#ifdef SPIKEFAB_PTX_DIR
// Every barrier of a kernel is needed: without it, some schedule gives another result or an error.
TEST(DeviceMutations, ARemovedBarrierIsNoticed) {
  const std::string text = read_whole_file(SPIKEFAB_PTX_DIR "/device_kernels.ptx");
  struct Case {
    sim::cuda::Launch launch;
    u32 n;
  };
  const Case cases[] = {
      {{.kernel = "cub_block_256", .block = 256}, 0},
      {{.kernel = "named_barriers", .block = 192}, 0},
      {{.kernel = "grid_rounds",
        .grid_x = 5,
        .block = 96,
        .shared_bytes = 384,
        .cooperative = true},
       4},
  };
  const auto run = [&](const std::string& ptx, const Case& of, Schedule schedule) {
    EmulatedDevice device({.schedule = schedule, .seed = 3});
    device.load(ptx);
    const sim::cuda::Buffer in(device, 4096), out(device, 4096), waits(device, 64);
    const auto input = random_words(1024, 0, 1000);
    device.upload(in.address(), input.data(), 4096);
    device.fill(out.address(), 0, 4096);
    device.fill(waits.address(), 0, 64);
    DeviceKernelArgs args{};
    args.in = reinterpret_cast<const u32*>(in.address());
    args.out = reinterpret_cast<u32*>(out.address());
    args.arrivals = reinterpret_cast<u32*>(waits.address());
    args.n = of.n;
    device.launch(of.launch, args);
    std::vector<u32> results(1024);
    device.download(results.data(), out.address(), 4096);
    return results;
  };
  for (const auto& of : cases) {
    const u64 begin = text.find(".entry " + of.launch.kernel);
    const u64 end = std::min(text.find(".entry", begin + 1), text.size());
    const auto first =
        static_cast<u32>(std::count(text.begin(), text.begin() + static_cast<i64>(begin), '\n'));
    const auto last =
        static_cast<u32>(std::count(text.begin(), text.begin() + static_cast<i64>(end), '\n'));
    const auto expected = run(text, of, Schedule::lockstep);
    u32 mutants = 0;
    for (const u32 line : barrier_lines(text)) {
      if (line <= first || line > last) continue;
      ++mutants;
      const std::string mutant = without_line(text, line);
      bool noticed = false;
      for (const Schedule schedule : all_schedules) {
        try {
          noticed |= run(mutant, of, schedule) != expected;
        } catch (const ptx::DeviceError&) {
          noticed = true;
        }
      }
      EXPECT_TRUE(noticed) << of.launch.kernel << ", line " << line << ": " << line_of(text, line);
    }
    EXPECT_GT(mutants, 0u);
  }
}
#endif

}  // namespace
}  // namespace spikefab::test
