// The kernels with one barrier removed, or one access that orders others relaxed: each must be
// caught, by a wrong result or by the emulated device, under one of its schedules.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/active_chip.h"
#include "tests/device/mutations.h"
#include "tests/support/emulated_cuda.h"
#include "tests/support/engines.h"
#include "tests/support/random_synaptic_program.h"

namespace spikefab::test {
namespace {

// A chip, and a device and layout that make the kernels go one of their ways.
struct Way {
  std::string name;
  ProgramCase run;
  EmulatedDeviceOptions device;
  i32 warps, tiles, step, stage;          // options of engine cuda
  std::vector<std::string> kernels = {};  // that it runs
};

ProgramCase active_chip(u32 cores, u32 size) {
  ProgramCase c;
  c.program = cli::make_active_chip({.cores = cores, .size = size, .percent = 20});
  c.ticks = 8;
  return c;
}

// Layers of two cores each; neurons send to the next layer, those of the last to nobody that
// matters: to themselves, through an axon without synapses, which makes no circle of spikes.
ProgramCase feed_forward_chip() {
  ProgramCase c = active_chip(8, 64);
  Program& p = c.program;
  p.output_position = p.chip.mesh.size() - 1;
  p.output_lines = 64;
  for (u64 n = 0; n < p.neurons(); ++n) {
    const auto core = static_cast<u32>(n / 64);
    p.target_core[n] = core < 6 ? core / 2 * 2 + 2 + static_cast<u32>(n % 2) : output_bus;
  }
  c.stimulus.replicas = 3;
  c.stimulus.begin.assign(3, 0);
  return c;
}

u64 spikes_of(const ProgramCase& c) {
  const auto engine = sim::make_engine("serial");
  engine->load(c.program, c.stimulus);
  sim::Recording ignored;
  engine->advance(c.ticks, {}, ignored);
  return engine->state().counts[sim::spikes];
}

// Several cores and replicas with events; more neurons fire than one warp's list has room for.
ProgramCase synaptic_chip() {
  for (u64 seed = 0;; ++seed) {
    ProgramCase c = random_synaptic_program(seed);
    const Program& p = c.program;
    c.ticks = 12;
    const bool is_small = p.neurons() < 500 && p.connections() < 5000 && c.stimulus.replicas <= 5;
    if (!is_small || p.cores() < 6 || c.stimulus.replicas < 2) continue;
    if (c.stimulus.events.size() > 100 && spikes_of(c) > 200 * c.ticks) return c;
  }
}

std::vector<Way> ways() {
  const EmulatedDeviceOptions large = {.multiprocessors = 8};  // few neurons each: 2 per lane
  const EmulatedDeviceOptions small = {.multiprocessors = 1};  // many: 8 per lane
  EmulatedDeviceOptions large_tight = large;
  EmulatedDeviceOptions small_tight = small;
  large_tight.shared_bytes_per_block = small_tight.shared_bytes_per_block = 5 << 10;
  return {
      {"resident, several tiles", active_chip(6, 100), large, 8, 3, 1, 1},
      {"resident, several tiles, not fetched", active_chip(6, 100), large, 8, 3, 1, 0},
      {"one tile, two per lane", active_chip(4, 100), large, 2, 1, 1, 1},
      {"several tiles, two per lane", active_chip(6, 100), large, 2, 3, 1, 1},
      {"several tiles, two per lane, not fetched", active_chip(6, 100), large, 2, 3, 1, 0},
      {"several tiles, eight per lane", active_chip(6, 100), small, 2, 2, 1, 1},
      {"several tiles, eight per lane, not fetched", active_chip(6, 100), small, 2, 2, 1, 0},
      {"one tile, eight per lane", active_chip(4, 100), small, 2, 1, 1, 1},
      {"in steps, one core at a time, two per lane", feed_forward_chip(), large_tight, 16, 0, 3, 1},
      {"in steps, one core at a time, eight per lane", feed_forward_chip(), small_tight, 2, 0, 3,
       1},
      {"synaptic, one tile", synaptic_chip(), large, 2, 1, 1, 1},
      {"synaptic, several tiles", synaptic_chip(), large, 2, 2, 1, 1},
      {"synaptic, several tiles, in global memory", synaptic_chip(), large, 2, 2, 1, 0},
  };
}

constexpr ptx::Schedule schedules[] = {ptx::Schedule::lockstep, ptx::Schedule::ascending,
                                       ptx::Schedule::descending, ptx::Schedule::drift};

// Adds to `kernels`, if given, the names of those that it ran.
EngineRun run_way(const Way& way, ptx::Schedule schedule, const std::vector<std::string>& ptx,
                  std::vector<std::string>* kernels = nullptr) {
  EmulatedCuda engine(way.device, ptx);
  engine.configure({0, way.warps, way.tiles, way.step, way.stage, static_cast<i32>(schedule)});
  EngineRun run;
  engine.load(way.run.program, way.run.stimulus);
  sim::RecordPlan plan;
  engine.advance(way.run.ticks, plan, run.recording);  // many ticks in one launch
  plan.digests = true;
  engine.advance(2, plan, run.recording);
  run.state = engine.state();
  for (const std::string& kernel : engine.emulated()->kernels()) {
    const bool ran = engine.emulated()->counts(kernel).launches > 0;
    if (kernels != nullptr && ran) kernels->push_back(kernel);
  }
  return run;
}

EngineRun run_serial(const Way& way) {
  EngineRun run;
  const auto engine = sim::make_engine("serial");
  engine->load(way.run.program, way.run.stimulus);
  sim::RecordPlan plan;
  engine->advance(way.run.ticks, plan, run.recording);
  plan.digests = true;
  engine->advance(2, plan, run.recording);
  run.state = engine->state();
  return run;
}

bool same(const EngineRun& a, const EngineRun& b) {
  return a.recording.digests == b.recording.digests && a.recording.outputs == b.recording.outputs &&
         a.state == b.state;
}

// Whether a way runs a kernel of this file.
bool runs(const Way& way, const std::string& ptx) {
  return std::any_of(way.kernels.begin(), way.kernels.end(), [&](const std::string& kernel) {
    return ptx.find(".entry " + kernel + "(") != ptx.npos;
  });
}

// How a mutant of a file was caught, or nothing; `ptx` is that of all files.
std::optional<std::string> how_caught(const std::vector<Way>& all,
                                      const std::vector<EngineRun>& wanted, u64 file,
                                      const std::vector<std::string>& ptx) {
  for (u64 w = 0; w < all.size(); ++w) {
    if (!runs(all[w], ptx[file])) continue;
    for (const ptx::Schedule schedule : schedules) {
      const std::string where =
          fmt::format("{}, schedule {}", all[w].name, static_cast<int>(schedule));
      try {
        if (!same(run_way(all[w], schedule, ptx), wanted[w])) return "wrong result: " + where;
      } catch (const ptx::DeviceError& error) {
        return where + ": " + error.what();
      }
    }
  }
  return std::nullopt;
}

class KernelMutants : public testing::Test {
 protected:
  using Lines = std::vector<u32> (*)(const std::string& ptx);
  using Mutate = std::string (*)(const std::string& ptx, u32 line);

  KernelMutants() {
    for (Way& way : ways_) {
      wanted_.push_back(run_serial(way));
      run_way(way, ptx::Schedule::lockstep, kernel_ptx(), &way.kernels);
    }
  }

  // Mutates one line after the other.
  void expect_each_is_caught(Lines lines, Mutate mutate, u64 at_least) {
    u64 mutants = 0;
    for (u64 file = 0; file < kernel_ptx().size(); ++file) {
      for (const u32 line : lines(kernel_ptx()[file])) {
        std::vector<std::string> mutant = kernel_ptx();
        mutant[file] = mutate(mutant[file], line);

        const auto caught = how_caught(ways_, wanted_, file, mutant);

        EXPECT_TRUE(caught) << "not needed: file " << file << ", line " << line << ": "
                            << line_of(kernel_ptx()[file], line);
        ++mutants;
      }
    }
    EXPECT_GE(mutants, at_least);
  }

  std::vector<Way> ways_ = ways();
  std::vector<EngineRun> wanted_;
};

TEST_F(KernelMutants, KernelsAsTheyArePassInEveryWay) {
  for (u64 file = 0; file < kernel_ptx().size(); ++file) {
    EXPECT_EQ(how_caught(ways_, wanted_, file, kernel_ptx()), std::nullopt);
  }
}

TEST_F(KernelMutants, EachRemovedBarrierIsCaught) {
  expect_each_is_caught(barrier_lines, without_line, 9);
}

// Of the barrier among blocks: what is before it in one block is seen after it in the others.
TEST_F(KernelMutants, EachRelaxedAccessThatOrdersOthersIsCaught) {
  expect_each_is_caught(ordering_lines, relaxed_at, 9);
}

}  // namespace
}  // namespace spikefab::test
