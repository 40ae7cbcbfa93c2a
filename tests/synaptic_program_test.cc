// Programs of cores with synaptic memory: packed synapses, files, and each kind of damage with its
// message.
#include <gmock/gmock.h>

#include <functional>

#include "arch/program_file.h"
#include "tests/support/engines.h"
#include "tests/support/random_synaptic_program.h"
#include "tests/support/synaptic_core.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

TEST(PackedSynapse, HoldsTheLimitsOfEachField) {
  for (const u32 accumulator : {0u, max_accumulators - 1}) {
    for (const u32 delay : {0u, max_synapse_delay}) {
      for (const i32 mantissa : {min_mantissa, -1, 0, max_mantissa}) {
        for (const i32 exponent : {min_exponent, -1, 0, max_exponent}) {
          const StoredSynapse synapse = {accumulator, delay, mantissa, exponent};

          EXPECT_EQ(unpacked(packed(synapse)), synapse);
        }
      }
    }
  }
}

TEST(SynapseValue, IsFlooredAndLimited) {
  EXPECT_EQ(synapse_value(-3, -1), -2);
  EXPECT_EQ(synapse_value(3, -1), 1);
  EXPECT_EQ(synapse_value(-1, -8), -1);
  EXPECT_EQ(synapse_value(255, 7), 255 * 128);
  EXPECT_EQ(synapse_value(-256, 7), -32767);
}

Program two_neurons() {
  SynapticCore core("loihi_lif", 2);
  const u32 axon = core.add_axon({{0, 3, 20, 0}, {1, 0, -4, 1}});
  return core.send(1, axon).send_out(0, 0).build();
}

TEST(SynapticProgramFile, HoldsTheWholeProgram) {
  const TempFolder folder;
  Program program = two_neurons();
  program.seed = u64{1} << 40;

  save_program(program, folder.file("p.sfab"));
  const Program loaded = load_program(folder.file("p.sfab"));

  EXPECT_EQ(content_hash(loaded), content_hash(program));
  EXPECT_EQ(loaded.seed, program.seed);
  EXPECT_EQ(loaded.slots, 5u);
  EXPECT_EQ(loaded.memory->synapse, program.memory->synapse);
  EXPECT_EQ(loaded.memory->target_axon, program.memory->target_axon);
  EXPECT_EQ(loaded.chip.limits.words, program.chip.limits.words);
}

TEST(SynapticProgramFile, PayloadsAreReadBack) {
  const TempFolder folder;
  const ProgramCase random = random_synaptic_program(3);
  Stimulus stimulus = random.stimulus;
  stimulus.payload.assign(stimulus.events.size(), -5);

  save_stimulus(stimulus, folder.file("s.sfab"));

  EXPECT_EQ(load_stimulus(folder.file("s.sfab")).payload, stimulus.payload);
}

std::string message_of(const std::function<void(Program&)>& damage) {
  Program program = two_neurons();
  damage(program);
  try {
    check_program(program, "p.sfab");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(SynapticProgramCheck, TellsWhatIsDamaged) {
  using testing::HasSubstr;
  EXPECT_THAT(message_of([](Program& p) { p.slots = 1; }),
              HasSubstr("slots = 1 (must be 2..64; the file is damaged)"));
  EXPECT_THAT(message_of([](Program& p) { p.slots = 4; }),
              HasSubstr("synapse 0 of core 0 has accumulator 0 and delay 3"));
  EXPECT_THAT(message_of([](Program& p) {
                p.memory.edit().synapse[1] = packed({2, 0, 1, 0});
              }),
              HasSubstr("synapse 1 of core 0 has accumulator 2 and delay 0 (must be below 2"));
  EXPECT_THAT(message_of([](Program& p) { p.memory.edit().row_begin.back() = 1; }),
              HasSubstr("row_begin is no index"));
  EXPECT_THAT(message_of([](Program& p) { p.memory.edit().axon_begin = {0}; }),
              HasSubstr("axon_begin has 1 elements (must be 2"));
  EXPECT_THAT(message_of([](Program& p) { p.memory.edit().target_axon[0] = 7; }),
              HasSubstr("target 0 does not exist"));
  EXPECT_THAT(message_of([](Program& p) { p.memory.edit().target_core[1] = 1; }),
              HasSubstr("target 1 does not exist"));
  EXPECT_THAT(message_of([](Program& p) { p.memory.edit().target_axon.push_back(0); }),
              HasSubstr("target_axon has 3 elements (must be 2"));
  EXPECT_THAT(message_of([](Program& p) { p.chip.axons = 0; }),
              HasSubstr("core 0 has 1 axons (must be at most 0"));
  EXPECT_THAT(message_of([](Program& p) { p.neuron_param[0] = 4096; }),
              HasSubstr("neuron 0: decay_u = 4096 (must be 0..4095"));
  EXPECT_EQ(message_of([](Program&) {}), "");
}

TEST(SynapticStimulusCheck, DelaysAreThoseOfSynapses) {
  const Program program = two_neurons();
  Stimulus stimulus = {.ticks = 1, .begin = {0, 1}, .events = {{.position = 0, .axon = 0}}};
  EXPECT_NO_THROW(check_stimulus(stimulus, program, "s"));

  stimulus.events[0].delay = 1;

  EXPECT_THROW(check_stimulus(stimulus, program, "s"), InputError);
}

TEST(SynapticStimulusCheck, AxonsMustExist) {
  const Program program = two_neurons();
  const Stimulus stimulus = {.ticks = 1, .begin = {0, 1}, .events = {{.position = 0, .axon = 1}}};

  EXPECT_THROW(check_stimulus(stimulus, program, "s"), InputError);
}

// A core of two neurons: spikes come one tick later, through the bus another one.
class SynapticMemoryOnAllEngines : public AllEngines {};

TEST_P(SynapticMemoryOnAllEngines, SpikesArriveAfterOneTickAndTheDelay) {
  SynapticCore core("loihi_lif", 2);
  for (const u32 n : {0u, 1u}) {
    core.set(n, "threshold", 5).set(n, "decay_u", 4095);  // with offset_u: no memory of input
  }
  const u32 in = core.add_axon({{0, 0, 6, 0}});
  const u32 between = core.add_axon({{1, 2, 6, 0}});
  const Program program = core.send(0, between).send_out(1, 3).build();
  PayloadStimulus stimulus;
  stimulus.begin_tick();
  stimulus.begin_tick();
  stimulus.add(in, 1);

  const EngineRun run = run_engine(*make_engine(), program, stimulus.build(), 8);

  EXPECT_EQ(run.recording.spikes, (std::vector<sim::Spike>{{1, 0, 0, 0}, {4, 0, 0, 1}}));
  EXPECT_EQ(run.recording.outputs, (std::vector<u64>{0, 0, 0, 0, 0, 8, 0, 0}));
}

TEST_P(SynapticMemoryOnAllEngines, PayloadsMultiplyAndSumsWrap) {
  SynapticCore core("graded", 1);
  const u32 axon = core.add_axon({{0, 0, 255, 7}, {0, 0, 255, 7}, {0, 1, -1, 0}});
  PayloadStimulus stimulus;
  stimulus.begin_tick();
  stimulus.add(axon, 100000);

  const EngineRun run = run_engine(*make_engine(), core.build(), stimulus.build(), 2);

  const auto wrapped = static_cast<i32>(static_cast<u32>(2ull * 255 * 128 * 100000));
  EXPECT_EQ(run.recording.spikes,
            (std::vector<sim::Spike>{{0, 0, 0, 0, wrapped}, {1, 0, 0, 0, -100000}}));
  EXPECT_EQ(run.state.counts[sim::synaptic_events], 3u);
  EXPECT_EQ(run.state.counts[sim::axon_events], 1u);
}

SPIKEFAB_ON_ALL_ENGINES(SynapticMemoryOnAllEngines);

}  // namespace
}  // namespace spikefab::test
