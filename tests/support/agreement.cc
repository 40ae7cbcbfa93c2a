#include "tests/support/agreement.h"

#include <algorithm>

namespace spikefab::test {
namespace {

// What the oracle says, in the order of a Recording.
sim::Recording expected_recording(const std::vector<OracleRun>& oracles, u64 output_words) {
  sim::Recording out;
  for (u64 t = 0; t < oracles[0].ticks.size(); ++t) {
    for (u32 r = 0; r < oracles.size(); ++r) {
      const OracleTick& tick = oracles[r].ticks[t];
      out.digests.push_back(tick.digest);
      std::vector<u64> words(output_words);
      for (u64 i = 0; i < tick.output.size(); ++i) {
        if (tick.output[i]) words[i / 64] |= u64{1} << (i % 64);
      }
      out.outputs.insert(out.outputs.end(), words.begin(), words.end());
      for (const auto& [position, neuron] : tick.spikes) {
        out.spikes.push_back({t, r, position, neuron});
      }
    }
  }
  return out;
}

// Says where two lists with `per_tick` entries a tick differ first.
void expect_equal_ticks(const std::vector<u64>& have, const std::vector<u64>& want, u64 per_tick,
                        const char* what) {
  ASSERT_EQ(have.size(), want.size()) << what;
  const auto first = std::mismatch(have.begin(), have.end(), want.begin()).first;
  if (first == have.end()) return;
  const auto index = static_cast<u64>(first - have.begin());
  ADD_FAILURE() << what << " differ first in tick " << index / per_tick << ", entry "
                << index % per_tick << ": " << *first << " instead of " << want[index];
}

void expect_equal_spikes(const std::vector<sim::Spike>& have, const std::vector<sim::Spike>& want) {
  const auto [h, w] = std::mismatch(have.begin(), have.end(), want.begin(), want.end());
  if (h == have.end() && w == want.end()) return;
  const u64 tick =
      std::min(h == have.end() ? ~u64{0} : h->tick, w == want.end() ? ~u64{0} : w->tick);
  ADD_FAILURE() << "spikes differ first in tick " << tick << ", entry " << h - have.begin();
}

void expect_equal_potentials(const Program& program, const sim::State& state, u64 replica,
                             const std::vector<std::vector<i32>>& want) {
  u64 index = replica * program.neurons();
  for (u32 c = 0; c < program.cores(); ++c) {
    for (u32 n = 0; n < program.core_neurons(c); ++n, ++index) {
      ASSERT_EQ(state.neuron_state[index], want[program.position[c]][n])
          << "potential of neuron " << n << " at position " << program.position[c] << ", replica "
          << replica;
    }
  }
}

}  // namespace

std::vector<OracleRun> run_oracles(const RandomCase& random) {
  std::vector<OracleRun> runs;
  for (const RancPackets& packets : random.network.packets) {
    runs.push_back(run_oracle(random.network, packets, random.ticks));
  }
  return runs;
}

std::vector<u64> as_array(const OracleCounts& c) {
  std::vector<u64> counts(sim::count_kinds);
  counts[sim::stimulus_events] = c.stimulus_events;
  counts[sim::spikes] = c.spikes;
  counts[sim::hops] = c.hops;
  counts[sim::merged] = c.merged;
  counts[sim::output_merged] = c.output_merged;
  counts[sim::dropped] = c.dropped;
  counts[sim::axon_events] = c.axon_events;
  counts[sim::synaptic_events] = c.synaptic_events;
  counts[sim::output_spikes] = c.output_spikes;
  return counts;
}

std::vector<u64> counts_of(const sim::State& state, u64 replica) {
  const auto first = state.counts.begin() + static_cast<i64>(replica * sim::count_kinds);
  return {first, first + sim::count_kinds};
}

void expect_equal_recordings(const sim::Recording& have, const sim::Recording& want, u64 replicas,
                             u64 output_words) {
  expect_equal_ticks(have.digests, want.digests, replicas, "digests");
  expect_equal_ticks(have.outputs, want.outputs, replicas * output_words, "outputs");
  expect_equal_spikes(have.spikes, want.spikes);
}

void expect_agreement(const Program& program, const EngineRun& run,
                      const std::vector<OracleRun>& oracles) {
  const u64 words = program.output_words();
  expect_equal_recordings(run.recording, expected_recording(oracles, words), oracles.size(), words);
  for (u64 r = 0; r < oracles.size(); ++r) {
    EXPECT_EQ(counts_of(run.state, r), as_array(oracles[r].ticks.back().counts)) << "replica " << r;
    expect_equal_potentials(program, run.state, r, oracles[r].potentials);
  }
}

void Exercised::add(const std::vector<OracleRun>& runs) {
  batches += runs.size() > 1;
  for (const OracleRun& run : runs) {
    const OracleCounts& c = run.ticks.back().counts;
    counts.spikes += c.spikes;
    counts.merged += c.merged;
    counts.output_merged += c.output_merged;
    counts.dropped += c.dropped;
    counts.synaptic_events += c.synaptic_events;
    counts.output_spikes += c.output_spikes;
    under_resets += run.under_resets;
    overflows += run.overflows;
  }
}

void Exercised::expect_all() const {
  EXPECT_GT(counts.spikes, 1000u);
  EXPECT_GT(counts.merged, 100u);
  EXPECT_GT(counts.output_merged, 100u);
  EXPECT_GT(counts.dropped, 100u);
  EXPECT_GT(counts.synaptic_events, 1000u);
  EXPECT_GT(under_resets, 100u);
  EXPECT_GT(overflows, 100u);
  EXPECT_GT(counts.output_spikes, 100u);
  EXPECT_GT(batches, 3u);
}

}  // namespace spikefab::test
