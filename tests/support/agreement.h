// What an engine did, compared with what the oracle says; failures name the first tick.
#pragma once

#include <vector>

#include "tests/support/engines.h"
#include "tests/support/oracle.h"
#include "tests/support/random_network.h"

namespace spikefab::test {

// One run for each replica.
std::vector<OracleRun> run_oracles(const RandomCase& random);

std::vector<u64> as_array(const OracleCounts& counts);             // [sim::Count]
std::vector<u64> counts_of(const sim::State& state, u64 replica);  // [sim::Count]

void expect_equal_recordings(const sim::Recording& have, const sim::Recording& want, u64 replicas,
                             u64 output_words);

// Digests, outputs and spikes of every tick; counts and potentials at the end.
void expect_agreement(const Program& program, const EngineRun& run,
                      const std::vector<OracleRun>& oracles);

// What the networks of a test case must have exercised, or the case proves nothing.
struct Exercised {
  OracleCounts counts;
  u64 under_resets = 0;
  u64 overflows = 0;
  u64 batches = 0;

  void add(const std::vector<OracleRun>& runs);
  void expect_all() const;
};

}  // namespace spikefab::test
