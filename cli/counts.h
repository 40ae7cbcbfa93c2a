// The counters of a run, by name, and what is worth a warning.
#pragma once

#include "cli/result.h"
#include "sim/state.h"

namespace spikefab::cli {

Json counts_of_replica(const sim::State& state, u32 replica);
Json total_counts(const sim::State& state);
u64 total_count(const sim::State& state, sim::Count kind);

// Spikes that were lost or merged, or that never were: one log line each.
void warn_of_counts(const Program& program, const sim::State& state);

}  // namespace spikefab::cli
