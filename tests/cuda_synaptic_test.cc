// Cores with synaptic memory on the cuda engine: each of its three ways with each neuron model,
// rows and targets around the limits of a warp, and how a chip is laid out over a device.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compartment_models.h"
#include "sim/cuda/synaptic_plan.h"
#include "tests/support/emulated_cuda.h"
#include "tests/support/engines.h"
#include "tests/support/random_synaptic_program.h"

namespace spikefab::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A way of the kernels, and what makes the engine go it.
struct Way {
  const char* kernel;
  i32 tiles;
  i32 stage;
};
constexpr Way ways[] = {
    {"synaptic_global", 3, 0}, {"synaptic_shared", 1, 1}, {"synaptic_inbox", 3, 1}};

std::vector<i32> options(const Way& way, ptx::Schedule schedule, i32 warps = 3) {
  return {0, warps, way.tiles, 0, way.stage, static_cast<i32>(schedule)};
}

// Many ticks in a launch: nothing is recorded that makes the engine stop after each.
EngineRun run_ticks(sim::Engine& engine, u64 ticks) {
  EngineRun run;
  sim::RecordPlan plan;
  plan.spikes = sim::Selection{};
  engine.advance(ticks, plan, run.recording);
  run.state = engine.state();
  return run;
}

EngineRun run_serial(const ProgramCase& c) {
  const auto engine = sim::make_engine("serial");
  engine->load(c.program, c.stimulus);
  return run_ticks(*engine, c.ticks);
}

void expect_equal(const EngineRun& have, const EngineRun& want) {
  EXPECT_TRUE(have.recording.outputs == want.recording.outputs);
  EXPECT_TRUE(have.recording.spikes == want.recording.spikes);
  EXPECT_EQ(have.state.counts, want.state.counts);
  EXPECT_TRUE(have.state == want.state);
}

void expect_same_as_serial(const ProgramCase& c, const EngineRun& want, const Way& way,
                           ptx::Schedule schedule) {
  EmulatedCuda engine;
  engine.configure(options(way, schedule));
  engine.load(c.program, c.stimulus);

  const EngineRun have = run_ticks(engine, c.ticks);

  expect_equal(have, want);
  EXPECT_EQ(engine.emulated()->counts(way.kernel).launches, 1u);
}

// The first from `seed` on that has work for several tiles, but not much.
ProgramCase small_program(u64 seed, const std::string& model) {
  for (;; ++seed) {
    ProgramCase c = random_synaptic_program(seed, model);
    const sim::State end = run_serial(c).state;
    u64 events = 0;
    for (u64 i = sim::synaptic_events; i < end.counts.size(); i += sim::count_kinds) {
      events += end.counts[i];
    }
    const u64 updates = c.program.neurons() * c.stimulus.replicas * c.ticks;
    if (c.program.cores() >= 4 && events > 1000 && events < 300'000 && updates < 60'000) return c;
  }
}

class EachModel : public testing::TestWithParam<std::string> {};

TEST_P(EachModel, HasTheBitsOfTheReferenceInEveryWay) {
  for (u64 seed = 0; seed < 2; ++seed) {
    const ProgramCase c = small_program(seed * 100, GetParam());
    const EngineRun want = run_serial(c);
    for (const Way& way : ways) {
      for (const auto schedule : {ptx::Schedule::descending, ptx::Schedule::drift}) {
        SCOPED_TRACE(
            fmt::format("seed {}, {}, schedule {}", seed, way.kernel, static_cast<int>(schedule)));
        expect_same_as_serial(c, want, way, schedule);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(CudaSynaptic, EachModel,
                         testing::ValuesIn(neuron_model_names(Organisation::synaptic_memory)),
                         [](const auto& test) { return test.param; });

// Three cores. Neuron n of a core fires in every tick and has as many targets as the n-th number,
// which are axons with as many synapses as the numbers say.
ProgramCase around_limits() {
  constexpr u32 numbers[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 64, 100};
  constexpr u32 count = std::size(numbers);
  constexpr u32 cores = 3;
  ProgramCase c;
  Program& p = c.program;
  SynapticMemory& m = p.memory.edit();
  p.chip.organisation = Organisation::synaptic_memory;
  p.chip.axons = 100;
  p.chip.neurons = 64;
  p.chip.mesh = {.width = 4, .height = 1};
  const auto names = neuron_model_names(p.chip.organisation);
  p.chip.neuron_model =
      static_cast<u32>(std::find(names.begin(), names.end(), "loihi_lif") - names.begin());
  p.chip.neuron_params = default_neuron_params(p.chip.neuron_model, p.chip.organisation);
  p.slots = 5;
  p.output_position = 3;
  p.output_lines = 40;
  p.neuron_begin = {0};
  for (u32 core = 0; core < cores; ++core) {
    p.position.push_back(core);
    p.neuron_begin.push_back(p.neuron_begin.back() + count);
    for (const u32 synapses : numbers) {
      for (u32 i = 0; i < synapses; ++i) {
        m.synapse.push_back(packed({i % count, i % 4, static_cast<i32>(i % 9) - 4, 1}));
      }
      m.row_begin.push_back(static_cast<u32>(m.synapse.size()));
    }
    m.axon_begin.push_back(m.axon_begin.back() + count);
    for (const u32 targets : numbers) {
      for (u32 i = 0; i < targets; ++i) {
        const bool bus = i % 7 == 6;
        m.target_core.push_back(bus ? output_bus : (core + i) % cores);
        m.target_axon.push_back(bus ? i % 40 : i % count);
      }
      m.target_begin.push_back(m.target_core.size());
    }
  }
  for (u64 k = 0; k < p.chip.neuron_params.size(); ++k) {
    p.neuron_param.insert(p.neuron_param.end(), p.neurons(), p.chip.neuron_params[k]);
  }
  using compartments::LoihiLif;
  for (u64 n = 0; n < p.neurons(); ++n) {
    p.neuron_param[LoihiLif::threshold * p.neurons() + n] = 0;
    p.neuron_param[LoihiLif::bias_mantissa * p.neurons() + n] = 4095;
    p.neuron_param[LoihiLif::bias_exponent * p.neurons() + n] = 7;
  }
  p.neuron_state.assign(p.neurons() * LoihiLif::state_words, 0);
  c.stimulus.begin = {0};
  c.ticks = 12;
  check_program(p, "around_limits");
  return c;
}

TEST(CudaSynaptic, TakesRowsAndTargetsAroundTheLimitsOfAWarp) {
  const ProgramCase c = around_limits();
  const EngineRun want = run_serial(c);
  ASSERT_GT(want.state.counts[sim::spikes], 100u);
  ASSERT_GT(want.state.counts[sim::output_merged], 100u);

  for (const Way& way : ways) {
    for (const auto schedule : {ptx::Schedule::lockstep, ptx::Schedule::ascending,
                                ptx::Schedule::descending, ptx::Schedule::drift}) {
      SCOPED_TRACE(fmt::format("{}, schedule {}", way.kernel, static_cast<int>(schedule)));
      expect_same_as_serial(c, want, way, schedule);
    }
  }
}

TEST(CudaSynaptic, GoesOnInAnyOtherWay) {
  const ProgramCase c = around_limits();
  const EngineRun want = run_serial(c);
  sim::Recording recording;
  sim::State state;

  for (u64 part = 0; part < std::size(ways); ++part) {
    EmulatedCuda engine;
    engine.configure(options(ways[part], ptx::Schedule::drift));
    engine.load(c.program, c.stimulus);
    if (part > 0) engine.restore(state);
    const EngineRun run = run_ticks(engine, c.ticks / std::size(ways));
    recording.spikes.insert(recording.spikes.end(), run.recording.spikes.begin(),
                            run.recording.spikes.end());
    state = run.state;
  }

  EXPECT_TRUE(recording.spikes == want.recording.spikes);
  EXPECT_TRUE(state == want.state);
}

// One neuron that fires in every tick, with so many targets on the bus, all in the opposite corner
// of the largest mesh, that a lane's count of hops does not fit into 32 bits.
TEST(CudaSynaptic, CountsDoNotWrap) {
  constexpr u32 targets = 1'100'000;
  constexpr u64 ticks = 2;
  ProgramCase c = around_limits();
  Program& p = c.program;
  SynapticMemory& m = p.memory.edit();
  p.chip.mesh = {.width = max_mesh_side, .height = max_mesh_side};
  p.output_position = p.chip.mesh.size() - 1;
  m.target_core.assign(targets, output_bus);
  m.target_axon.assign(targets, 7);
  std::fill(m.target_begin.begin() + 1, m.target_begin.end(), targets);
  EmulatedCuda engine({.checks_unwritten = false, .checks_races = false}, kernel_ptx());
  engine.load(p, c.stimulus);

  const EngineRun run = run_ticks(engine, ticks);

  EXPECT_EQ(run.state.counts[sim::hops], u64{targets} * 2 * (max_mesh_side - 1) * ticks);
  EXPECT_EQ(run.state.counts[sim::output_merged], (u64{targets} - 1) * ticks);
}

// ---- layouts

Stimulus no_events(u32 replicas) {
  Stimulus stimulus;
  stimulus.replicas = replicas;
  stimulus.begin.assign(replicas, 0);
  return stimulus;
}

// Cores of 1024 neurons that never fire.
Program quiet_chip(u32 cores, u32 slots, u32 targets = 0) {
  Program p = around_limits().program;
  SynapticMemory memory;
  p.chip.neurons = 1024;
  p.chip.mesh = {.width = cores + 1, .height = 1};
  p.slots = slots;
  p.output_position = cores;
  p.position.clear();
  p.neuron_begin = {0};
  for (u32 core = 0; core < cores; ++core) {
    p.position.push_back(core);
    p.neuron_begin.push_back(p.neuron_begin.back() + 1024);
    memory.axon_begin.push_back(core + 1);
    memory.row_begin.push_back(0);
  }
  for (u64 n = 0; n < p.neurons(); ++n) {
    memory.target_core.resize(memory.target_core.size() + targets, static_cast<u32>(n % cores));
    memory.target_axon.resize(memory.target_core.size(), 0);
    memory.target_begin.push_back(memory.target_core.size());
  }
  p.memory.edit() = memory;
  p.neuron_param.clear();
  for (const i32 value : p.chip.neuron_params) {
    p.neuron_param.insert(p.neuron_param.end(), p.neurons(), value);
  }
  p.neuron_state.assign(p.neurons() * p.neuron_state.size() / (3 * 11), 0);
  check_program(p, "quiet_chip");
  return p;
}

sim::cuda::SynapticPlan plan_of(const Program& program, u32 replicas,
                                const EmulatedDeviceOptions& device,
                                const sim::cuda::PlanOptions& wanted = {}) {
  EmulatedDevice emulated(device);
  for (const std::string& text : kernel_ptx()) emulated.load(text);
  const sim::HostProgram host(program);
  const auto image = sim::cuda::make_synaptic_image(host, no_events(replicas));
  return sim::cuda::make_synaptic_plan(image, program, replicas, wanted, emulated);
}

TEST(SynapticPlan, SpreadsOneReplicaOverTheDevice) {
  const auto plan = plan_of(quiet_chip(32, 2), 1, {.multiprocessors = 16});

  EXPECT_EQ(plan.kernel, "synaptic_inbox");
  EXPECT_EQ(plan.grid_x, 16u);
  EXPECT_EQ(plan.tile_begin[1] - plan.tile_begin[0], 2u);
}

TEST(SynapticPlan, GivesEachReplicaOfABatchFewBlocks) {
  const auto plan = plan_of(quiet_chip(4, 2), 64, {.multiprocessors = 16});

  EXPECT_EQ(plan.kernel, "synaptic_shared");
  EXPECT_EQ(plan.grid_x, 1u);
  EXPECT_GE(plan.grid_y, 16u);
}

TEST(SynapticPlan, TakesAsManyBlocksAsTheAccumulatorsNeed) {
  // 16 cores * 1024 neurons * 8 slots * 4 bytes = 512 KiB
  const auto plan = plan_of(quiet_chip(16, 8), 64, {.multiprocessors = 16});

  EXPECT_EQ(plan.kernel, "synaptic_inbox");
  EXPECT_EQ(plan.grid_x, 4u);
}

TEST(SynapticPlan, LeavesAccumulatorsThatDoNotFitInGlobalMemory) {
  const auto plan = plan_of(quiet_chip(16, 64), 1, {.multiprocessors = 16});

  EXPECT_EQ(plan.kernel, "synaptic_global");
  EXPECT_EQ(plan.grid_x, 16u);
}

TEST(SynapticPlan, LeavesThemThereIfInboxesWouldTakeMuchOfTheMemory) {
  // 8 cores * 1024 neurons * 60 targets * 2 inboxes * 8 bytes = 7.5 MiB
  const Program program = quiet_chip(8, 2, 60);

  EXPECT_EQ(plan_of(program, 1, {.memory_bytes = 32 << 20}).kernel, "synaptic_inbox");
  EXPECT_EQ(plan_of(program, 1, {.memory_bytes = 28 << 20}).kernel, "synaptic_global");
}

TEST(SynapticPlan, HasNoSteps) {
  try {
    plan_of(quiet_chip(1, 2), 1, {}, {.step = 2});
    FAIL() << "a step of 2 was taken";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("step = 2 (must be 1 for chips with synaptic memory)"));
  }
}

TEST(CudaSynaptic, SaysWhatMemoryItNeedsBeforeItTakesAny) {
  constexpr u64 memory = u64{80} << 20;
  EmulatedCuda engine({.memory_bytes = memory}, kernel_ptx());
  try {
    engine.load(quiet_chip(16, 64), no_events(8));
    FAIL() << "32 MiB of accumulators and 64 MiB of records were taken";
  } catch (const ResourceError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("8 replicas of 16 cores need"),
                                    HasSubstr("MiB of GPU memory (80 MiB are free)"),
                                    HasSubstr("--engine cpu"), Not(HasSubstr("bug"))));
  }
  EXPECT_EQ(engine.emulated()->free_bytes(), memory);
}

TEST(CudaSynaptic, TellsHowItRuns) {
  EmulatedCuda engine;
  engine.configure(options(ways[2], ptx::Schedule::lockstep));

  engine.load(around_limits().program, no_events(1));

  EXPECT_EQ(engine.how(),
            "emulated device, 1 replica on 3 x 1 blocks of 96 threads, accumulators in shared "
            "memory");
}

}  // namespace
}  // namespace spikefab::test
