// The generator of random programs reaches the corners that engines must agree on.
#include "tests/support/random_program.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "base/registry.h"
#include "tests/support/engines.h"

namespace spikefab::test {
namespace {

constexpr u64 seeds = 200;

// Can no spike come back to a core that it left?
bool is_acyclic(const Program& p) {
  std::vector<std::vector<bool>> sends(p.cores(), std::vector<bool>(p.cores()));
  for (u32 c = 0; c < p.cores(); ++c) {
    for (u64 n = p.neuron_begin[c]; n < p.neuron_begin[c + 1]; ++n) {
      if (p.target_core[n] != output_bus) sends[c][p.target_core[n]] = true;
    }
  }
  for (u32 via = 0; via < p.cores(); ++via) {
    for (u32 a = 0; a < p.cores(); ++a) {
      for (u32 b = 0; b < p.cores(); ++b) {
        if (sends[a][via] && sends[via][b]) sends[a][b] = true;
      }
    }
  }
  for (u32 c = 0; c < p.cores(); ++c) {
    if (sends[c][c]) return false;
  }
  return true;
}

// Counts in how many cases each corner occurs.
class Corners {
 public:
  void add(const ProgramCase& made, const EngineRun& run) {
    const Program& p = made.program;
    const Stimulus& s = made.stimulus;
    count("no core", p.cores() == 0);
    count("several cores", p.cores() > 4);
    count("no bus", p.output_lines == 0);
    count("bus", p.output_lines > 0);
    for (const u32 limit : {64u, 128u, 256u}) {
      for (const u32 size : {limit - 1, limit, limit + 1}) {
        count(std::to_string(size) + " neurons", p.chip.neurons == size);
        count(std::to_string(size) + " axons", p.chip.axons == size);
      }
    }
    count("1 axon", p.chip.axons == 1);
    count("1 neuron", p.chip.neurons == 1);
    count("1 axon type", p.chip.weights == 1);
    count("8 axon types", p.chip.weights == 8);
    count("2 slots", p.chip.slots == 2);
    count("20 slots", p.chip.slots == 20);
    count("slots reused", made.ticks > 2 * p.chip.slots);
    count("no connection", p.cores() > 0 && p.connections() == 0);
    count("all connected", p.connections() == p.neurons() * p.chip.axons && p.neurons() > 0);
    count("acyclic", p.cores() > 1 && is_acyclic(p));
    count("recurrent", p.cores() > 1 && !is_acyclic(p));
    count("1 replica", s.replicas == 1);
    count("a word of replicas", s.replicas == 64);
    count("more", s.replicas > 64);
    count("no stimulus", s.events.empty());
    count("stimulus ends early", !s.events.empty() && s.ticks < made.ticks);
    for (u32 c = 0; c < p.cores(); ++c) {
      count("core without neurons", p.core_neurons(c) == 0);
      count("ragged core", p.core_neurons(c) % word_bits != 0 && p.neuron_words(c) > 1);
    }
    for (u64 n = 0; n < p.neurons(); ++n) {
      count("initial potential", p.neuron_state[n] != 0);
      count("delayed spike", p.target_delay[n] > 0);
    }
    for (const StimulusEvent& event : s.events) {
      count("event to the bus", p.output_lines > 0 && event.position == p.output_position);
      count("delayed event", event.delay > 0);
    }
    add_run(made, run);
  }

  u64 cases(const std::string& corner) { return cases_[corner]; }
  const std::map<std::string, u64>& all() const { return cases_; }
  void next_case() {
    for (const auto& [corner, seen] : seen_) cases_[corner] += seen;
    seen_.clear();
  }

 private:
  void count(const std::string& corner, bool seen) { seen_[corner] |= seen; }

  void add_run(const ProgramCase& made, const EngineRun& run) {
    std::vector<u64> sum(sim::count_kinds);
    for (u64 i = 0; i < run.state.counts.size(); ++i) {
      sum[i % sim::count_kinds] += run.state.counts[i];
    }
    const u64 replica_ticks = made.ticks * made.stimulus.replicas;
    const u64 updates = replica_ticks * made.program.neurons();
    count("nothing happens", std::accumulate(sum.begin(), sum.end(), u64{0}) == 0);
    count("everything fires", updates > 0 && sum[sim::spikes] == updates);
    count("all axons always", sum[sim::axon_events] > 0 &&
                                  sum[sim::axon_events] == replica_ticks * made.program.cores() *
                                                               made.program.chip.axons);
    count("some fire", sum[sim::spikes] > 0 && sum[sim::spikes] < updates);
    count("merged", sum[sim::merged] > 0);
    count("merged on the bus", sum[sim::output_merged] > 0);
    count("dropped", sum[sim::dropped] > 0);
    count("output", sum[sim::output_spikes] > 0);
    count("replicas differ", made.stimulus.replicas > 1 &&
                                 run.recording.digests.back() !=
                                     run.recording.digests[run.recording.digests.size() - 2]);
  }

  std::map<std::string, bool> seen_;
  std::map<std::string, u64> cases_;
};

TEST(RandomProgram, IsValidAndReachesEveryCorner) {
  Corners corners;
  const auto serial = sim::make_engine("serial");
  for (u64 seed = 0; seed < seeds; ++seed) {
    SCOPED_TRACE(seed);
    const ProgramCase made = random_program(seed);
    ASSERT_NO_THROW(check_program(made.program, "program"));
    ASSERT_NO_THROW(check_stimulus(made.stimulus, made.program, "stimulus"));
    ASSERT_EQ(made.stimulus.begin.size(), made.stimulus.replicas * (made.stimulus.ticks + 1));
    corners.add(made, run_engine(*serial, made.program, made.stimulus, made.ticks));
    corners.next_case();
  }

  for (const auto& [corner, cases] : corners.all()) EXPECT_GT(cases, 0u) << corner;
}

TEST(RandomProgram, IsRepeatable) {
  const ProgramCase first = random_program(7);
  const ProgramCase second = random_program(7);

  EXPECT_EQ(content_hash(first.program), content_hash(second.program));
  EXPECT_EQ(content_hash(first.stimulus), content_hash(second.stimulus));
  EXPECT_EQ(first.ticks, second.ticks);
}

}  // namespace
}  // namespace spikefab::test
