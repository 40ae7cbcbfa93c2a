// What is the cpu engine's own about cores with synaptic memory: rows of every length on every path
// of its kernels, code that knows the modes of neurons, batches and threads, cores at rest.
// (engines_agree_test.cc does the rest.)
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"
#include "cli/sparse_chip.h"
#include "compartment_models.h"
#include "sim/cpu/synaptic_modes.h"
#include "tests/support/engines.h"
#include "tests/support/random_synaptic_program.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int all_simd_bits[] = {64, 256, 512};

template <class Model>
u32 index_of() {
  const std::vector<std::string> names = neuron_model_names(Organisation::synaptic_memory);
  return static_cast<u32>(std::find(names.begin(), names.end(), Model::name) - names.begin());
}

// A mesh in one row: cores of these numbers of neurons, without synapses and targets yet, and the
// output bus at its end.
Program cores_of(u32 model, const std::vector<u32>& neurons, u32 slots) {
  Program p;
  p.chip.mesh = {.width = static_cast<u32>(neurons.size()) + 1, .height = 1};
  p.chip.organisation = Organisation::synaptic_memory;
  p.chip.axons = max_synaptic_axons;
  p.chip.neurons = max_accumulators;
  p.chip.neuron_model = model;
  p.chip.neuron_params = default_neuron_params(model, p.chip.organisation);
  p.slots = slots;
  p.seed = 7;
  p.output_position = static_cast<u32>(neurons.size());
  p.output_lines = 70;
  p.neuron_begin = {0};
  for (u32 c = 0; c < neurons.size(); ++c) {
    p.position.push_back(c);
    p.neuron_begin.push_back(p.neuron_begin.back() + neurons[c]);
  }
  for (const i32 value : p.chip.neuron_params) {
    p.neuron_param.insert(p.neuron_param.end(), p.neurons(), value);
  }
  p.neuron_state.assign(p.neurons() * model_outline(p.chip).state_words, 0);
  return p;
}

void set_param(Program& p, u32 k, i32 value) {
  const auto first = p.neuron_param.begin() + static_cast<i64>(k * p.neurons());
  std::fill_n(first, p.neurons(), value);
}

void add_row(Program& p, const std::vector<StoredSynapse>& row) {
  SynapticMemory& m = p.memory.edit();
  for (const StoredSynapse& synapse : row) m.synapse.push_back(packed(synapse));
  m.row_begin.push_back(static_cast<u32>(m.synapse.size()));
}

void end_core(Program& p) { p.memory.edit().axon_begin.push_back(p.memory->row_begin.size() - 1); }

void add_target(Program& p, u32 core, u32 axon) {
  p.memory.edit().target_core.push_back(core);
  p.memory.edit().target_axon.push_back(axon);
}

void end_neuron(Program& p) {
  p.memory.edit().target_begin.push_back(p.memory->target_core.size());
}

void expect_equal_runs(const EngineRun& have, const EngineRun& want) {
  EXPECT_TRUE(have.recording.digests == want.recording.digests);
  EXPECT_TRUE(have.recording.outputs == want.recording.outputs);
  EXPECT_TRUE(have.recording.spikes == want.recording.spikes);
  EXPECT_EQ(have.state.counts, want.state.counts);
  EXPECT_TRUE(have.state == want.state);
}

EngineRun run_on(const std::string& engine, const Program& program, const Stimulus& stimulus,
                 u64 ticks) {
  const auto made = sim::make_engine(engine);
  return run_engine(*made, program, stimulus, ticks);
}

// Whether the cpu engine gives the bits of serial, with all instruction sets and these options.
void expect_bits_of_serial(const Program& program, const Stimulus& stimulus, u64 ticks,
                           const std::string& options = "threads=1") {
  check_program(program, "a program");
  check_stimulus(stimulus, program, "a stimulus");
  const EngineRun want = run_on("serial", program, stimulus, ticks);
  for (const int bits : all_simd_bits) {
    const std::string way = fmt::format("cpu:{},simd_bits={}", options, bits);
    if (!exists(way)) continue;
    SCOPED_TRACE(way);
    expect_equal_runs(run_on(way, program, stimulus, ticks), want);
  }
}

// One core of 300 neurons that receives rows of all lengths around what kernels take at once, from
// another core whose neurons all fire in tick 1. Rows are scattered or, for dense layers, reach
// neurons side by side. The last row ends where the synapses do.
Program program_with_rows(bool dense, u32 spikes, i32 threshold) {
  using compartments::LoihiLif;
  constexpr u32 lengths[] = {0,  1,  2,  3,  4,  5,  7,  8,   9,   15,
                             16, 17, 31, 33, 63, 64, 65, 127, 128, 200};
  constexpr u32 neurons = 300;
  Program p = cores_of(index_of<LoihiLif>(), {spikes, neurons}, 17);
  for (u64 n = 0; n < p.neurons(); ++n) {
    const bool fires = n < spikes;
    p.neuron_param[LoihiLif::bias_mantissa * p.neurons() + n] = fires ? 65 : 0;
    p.neuron_param[LoihiLif::threshold * p.neurons() + n] = fires ? 2 : threshold;
  }
  RandomStream random(spikes + dense);
  end_core(p);
  for (u32 a = 0; a < spikes; ++a) {
    const u32 length = lengths[(spikes - a) * 7 % std::size(lengths)];
    std::vector<StoredSynapse> row;
    const auto first = static_cast<u32>(random.between(0, neurons - 200));
    const auto delay = static_cast<u32>(random.between(0, 15));
    for (u32 i = 0; i < length; ++i) {
      row.push_back(
          {.accumulator = dense ? first + i : static_cast<u32>(random.between(0, neurons - 1)),
           .delay = dense ? delay : static_cast<u32>(random.between(0, 15)),
           .mantissa = random.between(min_mantissa, max_mantissa),
           .exponent = random.between(min_exponent, max_exponent)});
    }
    add_row(p, row);
  }
  end_core(p);
  for (u32 n = 0; n < p.neurons(); ++n) {
    if (n < spikes) add_target(p, 1, n);
    if (n % 3 == 0) add_target(p, output_bus, n % p.output_lines);
    end_neuron(p);
  }
  p.memory.edit().synapse.shrink_to_fit();
  return p;
}

class SynapticRows : public testing::TestWithParam<u32> {};

TEST_P(SynapticRows, OfAnyLengthAreSummedForSoManySpikes) {
  for (const bool dense : {false, true}) {
    const Program p = program_with_rows(dense, GetParam(), 20);

    expect_bits_of_serial(p, {}, 40);

    const EngineRun run = run_on("cpu", p, {}, 40);
    EXPECT_GT(run.state.counts[sim::synaptic_events], GetParam());
  }
}

// Around what is fetched ahead, copied or added together.
INSTANTIATE_TEST_SUITE_P(Spikes, SynapticRows,
                         testing::Values(1, 2, 31, 63, 64, 65, 127, 128, 129, 192, 1000));

TEST(SynapticRows, TakeAnyPayloadFromOutside) {
  constexpr i32 lowest = std::numeric_limits<i32>::min();
  const Program p = program_with_rows(true, 130, 131071);
  RandomStream random(3);
  Stimulus s;
  s.mesh_width = p.chip.mesh.width;
  s.ticks = 20;
  for (u64 tick = 0; tick < s.ticks; ++tick) {
    for (u32 i = random.next() % 200; i > 0; --i) {
      s.events.push_back({.position = 1, .axon = static_cast<u16>(random.next() % 130)});
      s.payload.push_back(i % 5 == 0 ? lowest : i % 3 == 0 ? 1 : random.between(-9999, 9999));
    }
    s.events.push_back({.position = p.output_position, .axon = 69});
    s.payload.push_back(-1);
    s.begin.push_back(s.events.size());
  }

  expect_bits_of_serial(p, s, 30);
}

// Calls visit(model) for each model of neurons with synaptic memory.
template <class Visit>
void for_each_model(Visit&& visit) {
  CompartmentModels::for_each([&](auto model) {
    SCOPED_TRACE(std::string(decltype(model)::name));
    visit(model);
  });
}

i32 any_value(const ParamSpec& spec, RandomStream& random) {
  const bool usual = random.next() % 2 == 0;
  const i64 low = usual ? std::max<i64>(spec.min, i64{spec.value} - 100) : spec.min;
  const i64 high = usual ? std::min<i64>(spec.max, i64{spec.value} + 100) : spec.max;
  return random.between(static_cast<i32>(low), static_cast<i32>(high));
}

// Two cores of a model, in these modes (sim/cpu/synaptic_modes.h), that excite each other.
template <class Model>
Program program_in_modes(u32 modes, RandomStream& random) {
  constexpr u32 neurons = 70;
  Program p = cores_of(index_of<Model>(), {neurons, neurons}, 4);
  for (u32 k = 0; k < Model::params.size(); ++k) {
    const bool is_known =
        modes < sim::cpu::any_modes<Model>() && sim::cpu::values_of_mode<Model>(k) > 0;
    for (u64 n = 0; n < p.neurons(); ++n) {
      p.neuron_param[k * p.neurons() + n] = is_known ? sim::cpu::value_in_modes<Model>(modes, k)
                                                     : any_value(Model::params[k], random);
    }
  }
  for (u32 c = 0; c < 2; ++c) {
    for (u32 a = 0; a < neurons; ++a) {
      std::vector<StoredSynapse> row;
      for (u32 i = random.next() % 20; i > 0; --i) {
        row.push_back({.accumulator = random.next() % (neurons * Model::inputs),
                       .delay = random.next() % 3,
                       .mantissa = random.between(-100, max_mantissa)});
      }
      add_row(p, row);
    }
    end_core(p);
  }
  for (u32 n = 0; n < p.neurons(); ++n) {
    add_target(p, random.next() % 2, n % neurons);
    add_target(p, output_bus, n % p.output_lines);
    end_neuron(p);
  }
  return p;
}

Stimulus random_events(const Program& p, u64 ticks, RandomStream& random) {
  Stimulus s;
  s.mesh_width = p.chip.mesh.width;
  s.ticks = ticks;
  for (u64 tick = 0; tick < ticks; ++tick) {
    for (u32 i = 0; i < 30; ++i) {
      s.events.push_back(
          {.position = random.next() % 2, .axon = static_cast<u16>(random.next() % 70)});
      s.payload.push_back(random.between(-40, 60));
    }
    s.begin.push_back(s.events.size());
  }
  return s;
}

TEST(SynapticModes, EachOfThemHasTheBitsOfSerial) {
  for_each_model([](auto model) {
    using Model = decltype(model);
    u64 spikes = 0;
    for (u32 modes = 0; modes <= sim::cpu::any_modes<Model>(); ++modes) {
      SCOPED_TRACE(modes);
      RandomStream random(modes, 5);
      const Program p = program_in_modes<Model>(modes, random);
      const Stimulus s = random_events(p, 25, random);

      expect_bits_of_serial(p, s, 25);

      spikes += run_on("cpu", p, s, 25).state.counts[sim::spikes];
    }
    EXPECT_GT(spikes, 0u);
  });
}

TEST(SynapticModes, AreFoundAgainFromTheParametersThatTheyStandFor) {
  for_each_model([](auto model) {
    using Model = decltype(model);
    constexpr u32 any = sim::cpu::any_modes<Model>();
    EXPECT_LE(any, 16u) << "too much code is compiled";
    for (u32 modes = 0; modes < any; ++modes) {
      const auto value = [&](u32 k) {
        return std::pair(sim::cpu::values_of_mode<Model>(k) == 0
                             ? Model::params[k].value
                             : sim::cpu::value_in_modes<Model>(modes, k),
                         true);
      };
      EXPECT_EQ(sim::cpu::modes_of<Model>(value), modes);
    }
    const auto mixed = [](u32 k) { return std::pair(Model::params[k].min, false); };
    EXPECT_EQ(sim::cpu::modes_of<Model>(mixed), any > 1 ? any : 0);
  });
}

// Steps random neurons twice with other random numbers; true if that ever made a difference.
template <class Model>
bool randomness_matters(bool parameters_say_so) {
  RandomStream random(11);
  for (u32 sample = 0; sample < 20'000; ++sample) {
    i32 p[Model::params.size()];
    i32 s[2][Model::state_words];
    i32 input[Model::inputs];
    for (u32 k = 0; k < Model::params.size(); ++k) {
      const bool decides = sim::cpu::decides_on_random(Model::params[k]);
      p[k] = decides && !parameters_say_so ? 0 : any_value(Model::params[k], random);
    }
    for (u32 k = 0; k < Model::state_words; ++k) s[0][k] = s[1][k] = random.between(0, 200);
    for (i32& value : input) value = random.between(-50, 50);
    const i32 first = Model::step(p, s[0], input, NeuronRandom{1, 2, 3, 4, sample});
    const i32 second = Model::step(p, s[1], input, NeuronRandom{5, 6, 7, 8, sample});
    if (first != second || !std::equal(s[0], s[0] + Model::state_words, s[1])) return true;
  }
  return false;
}

// If this fails for a new model: name the parameters that let it draw random numbers as
// decides_on_random() expects it, or cores that draw would be taken to be at rest.
TEST(SynapticModes, AModelDrawsRandomNumbersOnlyIfParametersThatDecideOnThatAreNotZero) {
  u32 drawing = 0;
  for_each_model([&](auto model) {
    using Model = decltype(model);

    EXPECT_FALSE(randomness_matters<Model>(false));

    drawing += randomness_matters<Model>(true);
  });
  EXPECT_GT(drawing, 0u) << "of no model it can be seen that it draws";
}

Stimulus of_replicas(u32 replicas) {
  Stimulus s;
  s.replicas = replicas;
  s.begin.assign(replicas, 0);
  return s;
}

const Program& sparse_program() {
  static const Program program =
      cli::make_sparse_chip({.neurons = 3000, .synapses = 40, .core_neurons = 375});
  return program;
}

TEST(SynapticWork, OfManySpikesHasTheBitsOfSerialForAnyNumberOfThreads) {
  for (const u32 threads : {1u, 2u, 3u, 8u, 16u}) {
    expect_bits_of_serial(sparse_program(), {}, 30, fmt::format("threads={}", threads));
  }
}

// Replicas of a batch differ by their events.
ProgramCase batch_of(u32 replicas) {
  RandomStream random(replicas);
  ProgramCase made;
  made.program = program_in_modes<compartments::LoihiLif>(
      sim::cpu::any_modes<compartments::LoihiLif>(), random);
  std::vector<Stimulus> parts;
  for (u32 r = 0; r < replicas; ++r) parts.push_back(random_events(made.program, 12, random));
  made.stimulus = batch(parts);
  return made;
}

TEST(SynapticWork, OfABatchOfAnySizeHasTheBitsOfSerial) {
  for (u32 replicas = 1; replicas <= 70; ++replicas) {
    SCOPED_TRACE(replicas);
    const ProgramCase c = batch_of(replicas);
    const EngineRun want = run_on("serial", c.program, c.stimulus, 15);
    for (const u32 threads : {1u, 2u, 5u}) {
      const std::string way = fmt::format("cpu:threads={}", threads);
      expect_equal_runs(run_on(way, c.program, c.stimulus, 15), want);
    }
  }
}

TEST(SynapticWork, IsSharedByReplicasOrByCoresAndNotAmongMoreThreadsThanThereAre) {
  const auto how = [](u32 threads, u32 replicas) {
    const auto engine = sim::make_engine(fmt::format("cpu:threads={}", threads));
    engine->load(sparse_program(), of_replicas(replicas));
    return engine->how();
  };

  EXPECT_THAT(how(1, 1), HasSubstr("1 thread, "));
  EXPECT_THAT(how(4, 1), HasSubstr("4 threads, "));
  EXPECT_THAT(how(4, 1), HasSubstr(", 1 replica"));
  EXPECT_THAT(how(16, 1), HasSubstr("8 threads, "));    // 8 cores
  EXPECT_THAT(how(16, 70), HasSubstr("14 threads, "));  // 5 replicas each
  EXPECT_THAT(how(3, 3), HasSubstr("3 threads, "));
}

TEST(SynapticWork, GoesOnFromTheStateOfAnotherEngineAndBack) {
  const Program& p = sparse_program();
  const EngineRun want = run_on("serial", p, of_replicas(2), 40);
  const auto serial = sim::make_engine("serial");
  sim::Recording ignored;
  serial->load(p, of_replicas(2));
  serial->advance(9, {}, ignored);
  for (const u32 threads : {1u, 2u, 3u, 9u}) {
    SCOPED_TRACE(threads);
    const auto engine = sim::make_engine(fmt::format("cpu:threads={}", threads));
    const auto last = sim::make_engine("serial");
    engine->load(p, of_replicas(2));
    last->load(p, of_replicas(2));

    engine->restore(serial->state());
    engine->advance(13, {}, ignored);
    last->restore(engine->state());
    last->advance(18, {}, ignored);

    EXPECT_TRUE(last->state() == want.state);
    engine->restore(serial->state());
    engine->advance(0, {}, ignored);
    EXPECT_TRUE(engine->state() == serial->state());
  }
}

// A core of neurons that leak, which rests once it has settled, and is hit in ticks 60 and 61.
ProgramCase case_at_rest(i32 noise_target) {
  using compartments::LoihiLif;
  ProgramCase made;
  Program& p = made.program;
  p = cores_of(index_of<LoihiLif>(), {100, 100}, 5);
  set_param(p, LoihiLif::decay_u, 1000);
  set_param(p, LoihiLif::decay_v, 1000);
  set_param(p, LoihiLif::threshold, 40);
  set_param(p, LoihiLif::noise_target, noise_target);
  set_param(p, LoihiLif::noise_exponent, 7);
  for (u32 c = 0; c < 2; ++c) {
    std::vector<StoredSynapse> row;
    for (u32 n = 0; n < 100; n += 3)
      row.push_back({.accumulator = n, .delay = n % 4, .mantissa = 50});
    add_row(p, row);
    end_core(p);
  }
  for (u32 n = 0; n < p.neurons(); ++n) {
    if (n == 0) add_target(p, 1, 0);
    end_neuron(p);
  }
  Stimulus& s = made.stimulus;
  s.mesh_width = p.chip.mesh.width;
  s.ticks = 62;
  for (u64 tick = 0; tick < s.ticks; ++tick) {
    if (tick == 0 || tick >= 60) s.events.push_back({.position = 0});
    s.begin.push_back(s.events.size());
  }
  made.ticks = 200;
  return made;
}

std::string how_it_ran(const ProgramCase& c, const std::string& engine_name) {
  const auto engine = sim::make_engine(engine_name);
  sim::Recording ignored;
  engine->load(c.program, c.stimulus);
  engine->advance(c.ticks, {}, ignored);
  return engine->how();
}

TEST(SynapticRest, IsSkippedUnlessToldOtherwiseAndEndsWithASpike) {
  const ProgramCase c = case_at_rest(0);

  for (const char* options : {"skip=1", "skip=0", "skip=1,threads=2"}) {
    expect_bits_of_serial(c.program, c.stimulus, c.ticks, options);
  }

  EXPECT_GT(run_on("serial", c.program, c.stimulus, c.ticks).state.counts[sim::spikes], 30u);
  EXPECT_THAT(how_it_ran(c, "cpu:skip=0"), HasSubstr("cores 0.0 % at rest"));
  EXPECT_THAT(how_it_ran(c, "cpu:skip=1"), Not(HasSubstr("cores 0.0 % at rest")));
  EXPECT_THAT(how_it_ran(c, "cpu:skip=1"),
              testing::ContainsRegex("cores [5-9][0-9]\\.. % at rest"));
}

TEST(SynapticRest, IsNeverThatOfCoresWithNoise) {
  for (const i32 target : {1, 2}) {
    const ProgramCase c = case_at_rest(target);

    expect_bits_of_serial(c.program, c.stimulus, c.ticks, "skip=1");

    EXPECT_THAT(how_it_ran(c, "cpu:skip=1"), HasSubstr("cores 0.0 % at rest"));
  }
}

// A state with sums on their way wakes a core that was at rest.
TEST(SynapticRest, EndsWhenAnotherStateIsRestored) {
  const ProgramCase c = case_at_rest(0);
  const auto engine = sim::make_engine("cpu");
  const auto serial = sim::make_engine("serial");
  sim::Recording ignored;
  for (const auto& each : {engine.get(), serial.get()}) {
    each->load(c.program, c.stimulus);
    each->advance(1, {}, ignored);
  }
  engine->advance(55, {}, ignored);

  engine->restore(serial->state());
  engine->advance(4, {}, ignored);
  serial->advance(4, {}, ignored);

  EXPECT_TRUE(engine->state() == serial->state());
}

TEST(SynapticErrors, TooManyReplicasNeedMoreMemoryThanThereIs) {
  Stimulus stimulus;
  stimulus.replicas = 4'000'000'000;
  const auto engine = sim::make_engine("cpu:threads=2");
  try {
    engine->load(sparse_program(), stimulus);
    ADD_FAILURE();
  } catch (const ResourceError& e) {
    EXPECT_THAT(e.what(), HasSubstr("the state of 4000000000 replicas needs"));
    EXPECT_THAT(e.what(), HasSubstr("MiB are available"));
  }
  EXPECT_EQ(engine->how(), "");
}

}  // namespace
}  // namespace spikefab::test
