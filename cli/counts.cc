#include "cli/counts.h"

#include <array>

#include "cli/log.h"
#include "cli/numbers.h"

namespace spikefab::cli {
namespace {

// In the order of sim::Count.
constexpr std::array names = {"stimulus_events", "spikes",          "hops",
                              "merged",          "output_merged",   "dropped",
                              "axon_events",     "synaptic_events", "output_spikes"};
static_assert(names.size() == sim::count_kinds);

}  // namespace

Json counts_of_replica(const sim::State& state, u32 replica) {
  Json counts;
  for (u64 kind = 0; kind < names.size(); ++kind) {
    counts[names[kind]] = state.counts[u64{replica} * sim::count_kinds + kind];
  }
  return counts;
}

u64 total_count(const sim::State& state, sim::Count kind) {
  u64 total = 0;
  for (u64 i = kind; i < state.counts.size(); i += sim::count_kinds) total += state.counts[i];
  return total;
}

Json total_counts(const sim::State& state) {
  Json counts;
  for (u32 kind = 0; kind < sim::count_kinds; ++kind) {
    counts[names[kind]] = total_count(state, static_cast<sim::Count>(kind));
  }
  return counts;
}

void warn_of_counts(const Program& program, const sim::State& state) {
  const auto warn_if_any = [&state](sim::Count kind, const char* what) {
    const u64 count = total_count(state, kind);
    if (count > 0) log_warning("{} {}", grouped(count), what);
  };
  warn_if_any(sim::dropped, "spikes dropped: their delay is slots - 1, usable are 0..slots - 2");
  warn_if_any(sim::merged, "spikes merged: another was waiting at the same axon and tick");
  warn_if_any(sim::output_merged, "output spikes merged: another was on the same line and tick");
  if (total_count(state, sim::spikes) == 0) {
    log_warning("0 spikes: check thresholds, and that the stimulus reaches programmed axons");
  } else if (program.output_lines > 0 && total_count(state, sim::output_spikes) == 0) {
    log_warning("0 output spikes: no neuron that targets the output bus fired; more ticks?");
  }
}

}  // namespace spikefab::cli
