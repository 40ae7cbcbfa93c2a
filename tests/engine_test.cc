// What must not make a difference: how many ticks at a time, what else is in the batch, idle cores;
// and that a recording holds what was asked for. Random networks, all engines.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/registry.h"
#include "tests/support/agreement.h"
#include "tests/support/loaded_network.h"

namespace spikefab::test {
namespace {

// Seeds beyond those of the agreement with the oracle.
constexpr u64 first_other_seed = 1000;
constexpr u64 other_networks = 30;

template <class Check>
void for_each_other_network(Check&& check) {
  for (u64 seed = first_other_seed; seed < first_other_seed + other_networks; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    check(random_case(seed));
    if (testing::Test::HasFailure()) return;
  }
}

class EngineRuns : public AllEngines {};

TEST_P(EngineRuns, OneTickAtATimeIsTheSameAsAllAtOnce) {
  for_each_other_network([&](const RandomCase& random) {
    const auto engine = make_engine();
    const Imported input = load_network(random.network);
    const u64 replicas = random.network.packets.size();
    const auto ticks = static_cast<u64>(random.ticks);

    const EngineRun whole = run_engine(*engine, input.program, input.stimulus, ticks);
    const EngineRun single = run_engine(*engine, input.program, input.stimulus, ticks, 1);
    const EngineRun sevens = run_engine(*engine, input.program, input.stimulus, ticks, 7);

    const u64 words = input.program.output_words();
    expect_equal_recordings(single.recording, whole.recording, replicas, words);
    expect_equal_recordings(sevens.recording, whole.recording, replicas, words);
    EXPECT_TRUE(single.state == whole.state);
    EXPECT_TRUE(sevens.state == whole.state);
  });
}

TEST_P(EngineRuns, CountsAreThoseOfTheOracleAfterEveryTick) {
  for_each_other_network([&](const RandomCase& random) {
    const auto engine = make_engine();
    const Imported input = load_network(random.network);
    const std::vector<OracleRun> oracles = run_oracles(random);

    engine->load(input.program, input.stimulus);
    for (u64 t = 0; t < static_cast<u64>(random.ticks); ++t) {
      sim::Recording recording;
      engine->advance(1, {}, recording);
      const sim::State state = engine->state();

      ASSERT_EQ(state.tick, t + 1);
      for (u64 r = 0; r < oracles.size(); ++r) {
        ASSERT_EQ(counts_of(state, r), as_array(oracles[r].ticks[t].counts))
            << "tick " << t << ", replica " << r;
      }
    }
  });
}

TEST_P(EngineRuns, AReplicaOfABatchIsTheSameAsTheNetworkAlone) {
  for_each_other_network([&](const RandomCase& random) {
    const auto engine = make_engine();
    const Imported input = load_network(random.network);
    const auto replicas = static_cast<u32>(random.network.packets.size());
    const auto ticks = static_cast<u64>(random.ticks);
    const u64 words = input.program.output_words();
    const EngineRun batch = run_engine(*engine, input.program, input.stimulus, ticks);

    for (u32 r = 0; r < replicas; ++r) {
      const Imported alone = load_replica(random.network, r);
      const EngineRun run = run_engine(*engine, alone.program, alone.stimulus, ticks);

      for (u64 t = 0; t < ticks; ++t) {
        ASSERT_EQ(run.recording.digests[t], batch.recording.digests[t * replicas + r])
            << "tick " << t;
        for (u64 w = 0; w < words; ++w) {
          ASSERT_EQ(run.recording.outputs[t * words + w],
                    batch.recording.outputs[(t * replicas + r) * words + w])
              << "tick " << t;
        }
      }
      EXPECT_EQ(counts_of(run.state, 0), counts_of(batch.state, r));
    }
  });
}

TEST_P(EngineRuns, IdleCoresMakeNoDifference) {
  u64 more_cores = 0;
  for_each_other_network([&](const RandomCase& random) {
    const auto engine = make_engine();
    const Imported lean = load_network(random.network, IdleCores::left_out);
    const Imported full = load_network(random.network, IdleCores::kept);
    const auto ticks = static_cast<u64>(random.ticks);
    more_cores += full.program.cores() - lean.program.cores();

    const EngineRun of_lean = run_engine(*engine, lean.program, lean.stimulus, ticks);
    const EngineRun of_full = run_engine(*engine, full.program, full.stimulus, ticks);

    expect_equal_recordings(of_full.recording, of_lean.recording, random.network.packets.size(),
                            lean.program.output_words());
    EXPECT_EQ(of_full.state.counts, of_lean.state.counts);
  });
  EXPECT_GT(more_cores, 10u);
}

TEST_P(EngineRuns, RecordsOnlyWhatIsSelected) {
  u64 potentials = 0;
  for_each_other_network([&](const RandomCase& random) {
    const auto engine = make_engine();
    const Imported input = load_network(random.network);
    const auto ticks = static_cast<u64>(random.ticks);
    const EngineRun whole = run_engine(*engine, input.program, input.stimulus, ticks);
    const u32 last_position = input.program.chip.mesh.size() / 2;
    const sim::Selection part{last_position / 2, last_position, ticks / 3, ticks / 2};
    sim::RecordPlan plan;
    plan.outputs = false;
    plan.spikes = part;
    plan.potentials = part;

    sim::Recording selected;
    engine->load(input.program, input.stimulus);
    engine->advance(ticks, plan, selected);

    std::vector<sim::Spike> expected;
    for (const sim::Spike& s : whole.recording.spikes) {
      if (part.has_tick(s.tick) && part.has_position(s.position)) expected.push_back(s);
    }
    EXPECT_EQ(selected.spikes, expected);
    EXPECT_TRUE(selected.outputs.empty());
    EXPECT_TRUE(selected.digests.empty());
    sim::Recording all;
    plan.potentials = sim::Selection{};
    engine->load(input.program, input.stimulus);
    engine->advance(ticks, plan, all);
    std::erase_if(all.potentials, [&](const sim::Potential& p) {
      return !part.has_tick(p.tick) || !part.has_position(p.position);
    });
    EXPECT_EQ(selected.potentials, all.potentials);
    potentials += selected.potentials.size();
  });
  EXPECT_GT(potentials, 100u);
}

TEST_P(EngineRuns, RecordedPotentialsAreThoseOfTheState) {
  for_each_other_network([&](const RandomCase& random) {
    const auto engine = make_engine();
    const Imported input = load_network(random.network);
    const auto ticks = static_cast<u64>(random.ticks);
    sim::RecordPlan plan;
    plan.potentials = sim::Selection{.first_tick = ticks - 1};

    sim::Recording recording;
    engine->load(input.program, input.stimulus);
    engine->advance(ticks, plan, recording);

    const sim::State state = engine->state();
    ASSERT_EQ(recording.potentials.size(), state.neuron_state.size());
    for (u64 i = 0; i < state.neuron_state.size(); ++i) {
      ASSERT_EQ(recording.potentials[i].value, state.neuron_state[i]);
      ASSERT_EQ(recording.potentials[i].tick, ticks - 1);
    }
  });
}

SPIKEFAB_ON_ALL_ENGINES(EngineRuns);

}  // namespace
}  // namespace spikefab::test
