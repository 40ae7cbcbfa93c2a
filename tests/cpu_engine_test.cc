// What is the cpu engine's own: that every path through its kernels is taken and gives the bits of
// the serial engine, how it shares work, what it refuses. (engines_agree_test.cc does the rest.)
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "neuron_models.h"
#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;

struct Shape {
  const char* name;
  u32 cores;
  u32 axons;
  u32 neurons;
  u32 types;
  u32 slots;
  i32 weight;   // at most, either sign
  u32 percent;  // of the axons that the stimulus hits in each tick
  u32 replicas;
  u64 ticks;
  bool alike = false;  // all neurons have the parameters of the first
};

constexpr Shape shapes[] = {
    {"beside_words", 5, 65, 63, 3, 3, 3, 30, 3, 20},
    {"four_words_and_one", 3, 256, 257, 4, 16, 2, 40, 2, 20},
    {"more_rows_than_a_byte_counts", 2, 600, 70, 1, 4, 2, 90, 2, 8},
    {"sums_that_wrap", 3, 130, 130, 2, 5, 2147483647, 50, 2, 20},
    {"sums_beyond_16_bits", 2, 100, 64, 4, 2, 1000, 80, 1, 20},
    {"most_words_of_a_type", 1, 65536, 3, 1, 2, 1, 60, 1, 3},
    {"most_types_and_slots", 2, 128, 20, 64, 256, 5, 20, 2, 300},
    {"around_what_fits_8_bits", 3, 70, 130, 4, 4, 2, 80, 20, 20, true},  // 63 spikes fit
};

// Everything random: connections, types, weights, targets, the stimulus.
struct Case {
  Program program;
  Stimulus stimulus;
};

Case make_case(const Shape& shape) {
  RandomStream random(shape.axons);
  Case made;
  Program& p = made.program;
  p.chip.mesh = {.width = shape.cores + 1, .height = 1};
  p.chip.axons = shape.axons;
  p.chip.neurons = shape.neurons;
  p.chip.weights = shape.types;
  p.chip.slots = shape.slots;
  p.chip.neuron_params = default_neuron_params(p.chip.neuron_model);
  p.output_position = shape.cores;
  p.output_lines = 70;
  const u64 neurons = u64{shape.cores} * shape.neurons;
  for (u32 c = 0; c < shape.cores; ++c) p.position.push_back(c);
  for (u32 c = 0; c <= shape.cores; ++c) p.neuron_begin.push_back(u64{c} * shape.neurons);
  for (u64 i = 0; i < u64{shape.cores} * shape.axons; ++i) {
    p.axon_type.push_back(static_cast<u8>(random.next() % shape.types));
  }
  const u32 words = words_for(shape.neurons);
  const u64 last = ~u64{0} >> (words * word_bits - shape.neurons);
  for (u64 i = 0; i < u64{shape.cores} * shape.axons * words; ++i) {
    const u64 word = u64{random.next()} << 32 | random.next();
    p.crossbar.push_back(i % words == words - 1 ? word & last : word);
  }
  for (u64 i = 0; i < shape.types * neurons; ++i) {
    p.weight.push_back(random.between(-shape.weight, shape.weight));
  }
  for (const ParamSpec& spec : neurons::Ranc::params) {
    const bool is_negative = spec.name == "negative_threshold";
    for (u64 n = 0; n < neurons; ++n) {
      i32 value = spec.value;
      if (spec.name == "positive_threshold") value = random.between(1, 9);
      if (is_negative) value = random.between(-9, 0);
      if (spec.name == "reset_mode") value = random.between(0, 1);
      if (shape.alike && n > 0) value = p.neuron_param[p.neuron_param.size() - n];
      p.neuron_param.push_back(value);
    }
  }
  p.neuron_state.assign(neurons, 0);
  for (u64 n = 0; n < neurons; ++n) {
    const u32 target = random.next() % (shape.cores + 1);
    const bool bus = target == shape.cores;
    p.target_core.push_back(bus ? output_bus : target);
    p.target_axon.push_back(static_cast<u16>(random.next() % (bus ? p.output_lines : shape.axons)));
    p.target_delay.push_back(static_cast<u8>(random.next() % shape.slots));
  }
  Stimulus& s = made.stimulus;
  s.replicas = shape.replicas;
  s.ticks = shape.ticks / 2;
  s.begin.clear();
  for (u32 r = 0; r < shape.replicas; ++r) {
    for (u64 t = 0; t < s.ticks; ++t) {
      s.begin.push_back(s.events.size());
      for (u64 i = 0; i < u64{shape.cores} * shape.axons; ++i) {
        if (random.next() % 100 >= shape.percent) continue;
        s.events.push_back({.position = static_cast<u32>(i / shape.axons),
                            .axon = static_cast<u16>(i % shape.axons)});
      }
    }
    s.begin.push_back(s.events.size());
  }
  check_program(p, shape.name);
  check_stimulus(s, p, shape.name);
  return made;
}

void expect_equal_runs(const EngineRun& have, const EngineRun& want) {
  EXPECT_TRUE(have.recording.digests == want.recording.digests);
  EXPECT_TRUE(have.recording.outputs == want.recording.outputs);
  EXPECT_TRUE(have.recording.spikes == want.recording.spikes);
  EXPECT_EQ(have.state.counts, want.state.counts);
  EXPECT_TRUE(have.state == want.state);
}

class CpuEngine : public testing::TestWithParam<Shape> {};

TEST_P(CpuEngine, BothPathsOfAllInstructionSetsGiveTheBitsOfSerial) {
  const Case c = make_case(GetParam());
  const auto serial = sim::make_engine("serial");
  const EngineRun want = run_engine(*serial, c.program, c.stimulus, GetParam().ticks);
  EXPECT_GT(want.recording.spikes.size(), 0u);
  for (const auto& [bits, name] : {std::pair{64, "portable"}, {256, "AVX2"}, {512, "AVX-512"}}) {
    for (const auto& [from, path] :
         {std::pair{0, ", 0.0 % event-driven"}, {65, ", 0.0 % by pop"}}) {
      const std::string way = fmt::format("cpu:simd_bits={},popcount_from={}", bits, from);
      if (!exists(way)) continue;
      SCOPED_TRACE(way);
      const auto engine = sim::make_engine(way);

      const EngineRun have = run_engine(*engine, c.program, c.stimulus, GetParam().ticks);

      expect_equal_runs(have, want);
      EXPECT_THAT(engine->how(), HasSubstr(name));
      EXPECT_THAT(engine->how(), HasSubstr(path));
    }
  }
}

TEST_P(CpuEngine, AnyNumberOfThreadsGoesOnFromTheStateOfAnother) {
  const Case c = make_case(GetParam());
  const u64 half = GetParam().ticks / 2;
  auto before = sim::make_engine("serial");
  EngineRun want = run_engine(*before, c.program, c.stimulus, GetParam().ticks);
  EngineRun run = run_engine(*before, c.program, c.stimulus, half);
  for (u32 threads = 1; threads <= 16; ++threads) {
    SCOPED_TRACE(threads);
    auto engine = sim::make_engine(fmt::format("cpu:threads={},skip={}", threads, threads % 2));
    engine->load(c.program, c.stimulus);
    engine->restore(before->state());
    sim::RecordPlan plan = record_all();
    plan.digests = false;  // so that the ticks run without a stop
    sim::Recording rest;

    engine->advance(GetParam().ticks - half, plan, rest);

    EXPECT_TRUE(engine->state() == want.state);
    const auto same_end = [](const auto& part, const auto& whole) {
      return part.size() <= whole.size() && std::equal(part.rbegin(), part.rend(), whole.rbegin());
    };
    EXPECT_TRUE(same_end(rest.outputs, want.recording.outputs));
    EXPECT_TRUE(same_end(rest.spikes, want.recording.spikes));
    EXPECT_EQ(run.recording.spikes.size() + rest.spikes.size(), want.recording.spikes.size());
    engine->restore(before->state());  // and it was not changed by that
    EXPECT_TRUE(engine->state() == before->state());
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, CpuEngine, testing::ValuesIn(shapes),
                         [](const auto& test) { return std::string(test.param.name); });

// After `how` it ran a case for its ticks.
std::string how(const std::string& engine_name, Shape shape) {
  const Case c = make_case(shape);
  const auto engine = sim::make_engine(engine_name);
  engine->load(c.program, c.stimulus);
  sim::Recording recording;
  engine->advance(shape.ticks, {}, recording);
  return engine->how();
}

TEST(CpuEngineWork, IsSharedByReplicasOrByCoresAndNotAmongMoreThreadsThanThereAre) {
  Shape shape = shapes[0];
  EXPECT_THAT(how("cpu:threads=1", shape), HasSubstr("1 thread,"));
  EXPECT_THAT(how("cpu:threads=3", shape), HasSubstr("3 threads,"));   // replicas
  EXPECT_THAT(how("cpu:threads=2", shape), HasSubstr("2 threads,"));   // cores, as 3 is odd
  EXPECT_THAT(how("cpu:threads=16", shape), HasSubstr("5 threads,"));  // cores
  shape.replicas = 70;
  EXPECT_THAT(how("cpu:threads=16", shape), HasSubstr("14 threads,"));  // replicas, 5 each
  EXPECT_THAT(how("cpu", shapes[0]), HasSubstr("1 thread,"));           // too little to share
}

TEST(CpuEngineWork, CoresAtRestAreSkippedUnlessToldOtherwise) {
  Shape shape = shapes[0];
  shape.ticks = 400;
  shape.percent = 0;

  EXPECT_THAT(how("cpu:skip=1", shape), HasSubstr("cores 99.8 % at rest, 0.3 % without input"));
  EXPECT_THAT(how("cpu:skip=0", shape), HasSubstr("cores 0.0 % at rest, 100.0 % without input"));
}

// Spikes on their way between threads belong to the state that is left, not to the one restored.
TEST(CpuEngineWork, ARestoredStateStaysAsItIsWithoutATick) {
  const Case c = make_case(shapes[0]);
  const auto engine = sim::make_engine("cpu:threads=2");
  sim::Recording ignored;
  engine->load(c.program, c.stimulus);
  engine->advance(10, {}, ignored);
  const sim::State state = engine->state();
  engine->advance(7, {}, ignored);

  engine->restore(state);
  engine->advance(0, {}, ignored);

  EXPECT_TRUE(engine->state() == state);
}

TEST(CpuEngineErrors, NameWhatThisMachineHas) {
  try {
    sim::make_engine("cpu:simd_bits=128");
    ADD_FAILURE();
  } catch (const UsageError& e) {
    EXPECT_THAT(e.what(), HasSubstr("simd_bits = 128 cannot be had"));
    EXPECT_THAT(e.what(), HasSubstr("64"));
  }
}

TEST(CpuEngineErrors, TooManyReplicasNeedMoreMemoryThanThereIs) {
  Case c = make_case(shapes[0]);
  c.stimulus = {};
  c.stimulus.replicas = 4'000'000'000;
  const auto engine = sim::make_engine("cpu:threads=2");
  try {
    engine->load(c.program, c.stimulus);
    ADD_FAILURE();
  } catch (const ResourceError& e) {
    EXPECT_THAT(e.what(), HasSubstr("the state of 4000000000 replicas needs"));
    EXPECT_THAT(e.what(), HasSubstr("MiB are available"));
  }
  EXPECT_EQ(engine->how(), "");
}

}  // namespace
}  // namespace spikefab::test
