// The oracle: RANC's serial simulator as the facts describe it, naive on purpose. It shares nothing
// with sim/ or arch/, keeps RANC's own order of events and its ticks from 1, and translates only
// its results to ours. What the engines say must be equal to what it says.
#pragma once

#include <vector>

#include "tests/support/ranc_network.h"

namespace spikefab::test {

// Totals up to and including a tick; see sim/views.h for what they mean.
struct OracleCounts {
  u64 stimulus_events = 0;
  u64 spikes = 0;
  u64 hops = 0;
  u64 merged = 0;
  u64 output_merged = 0;
  u64 dropped = 0;
  u64 axon_events = 0;
  u64 synaptic_events = 0;
  u64 output_spikes = 0;
  bool operator==(const OracleCounts&) const = default;
};

struct OracleSpike {
  u32 position;  // x + y * width
  u32 neuron;
  bool operator==(const OracleSpike&) const = default;
};

struct OracleTick {
  u64 digest = 0;
  std::vector<bool> output;         // one bit a line of the bus
  std::vector<OracleSpike> spikes;  // by position, neuron
  OracleCounts counts;
};

struct OracleRun {
  std::vector<OracleTick> ticks;             // ours, from 0
  std::vector<std::vector<i32>> potentials;  // [position][neuron] at the end
  u64 under_resets = 0;                      // how often the negative threshold changed a potential
  u64 overflows = 0;                         // how often a sum left the 32 bits
};

// Runs one replica.
OracleRun run_oracle(const RancNetwork& network, const RancPackets& packets, int num_ticks);

}  // namespace spikefab::test
