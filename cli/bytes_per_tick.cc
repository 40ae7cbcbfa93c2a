#include "cli/bytes_per_tick.h"

#include <algorithm>

namespace spikefab::cli {
namespace {

double as_double(u64 n) { return static_cast<double>(n); }

double bytes_of(const auto& array) { return as_double(array.size() * sizeof(array[0])); }

// The share of all axons that `axons` in a tick are; replicas share them.
double share_of(const Program& program, double axons) {
  const double all = axons_of(program);
  return ratio(std::min(axons, all), all);
}

// Of crossbars: rows of active axons, weights, waiting spikes, and a target with its word of
// waiting spikes for each spike.
double bytes_of_crossbars(const Program& program, u32 replicas, double axons, double spikes) {
  const double waiting = as_double(u64{program.cores()} * program.chip.axon_words() * sizeof(u64));
  constexpr double bytes_of_target = sizeof(u32) + sizeof(u16) + sizeof(u8);
  constexpr double bytes_of_delivery = 2 * sizeof(u64);
  return bytes_of(program.crossbar) * share_of(program, axons) + bytes_of(program.weight) +
         2 * replicas * waiting + spikes * (bytes_of_target + bytes_of_delivery);
}

// Of synaptic memory: indices and synapses of active axons, due accumulators, a target for each of
// the axons, an accumulator for each of their synapses.
double bytes_of_synapses(const Program& program, u32 replicas, double axons, double synapses) {
  const double memory = bytes_of(program.memory->row_begin) + bytes_of(program.memory->synapse);
  const double due =
      as_double(sim::state_sizes(program).accumulators / program.slots * sizeof(i32));
  constexpr double bytes_of_target = 2 * sizeof(u32);
  constexpr double bytes_of_sum = 2 * sizeof(i32);
  return memory * share_of(program, axons) + 2 * replicas * due + axons * bytes_of_target +
         synapses * bytes_of_sum;
}

}  // namespace

double axons_of(const Program& program) {
  return program.chip.has_crossbars() ? as_double(u64{program.cores()} * program.chip.axons)
                                      : as_double(program.memory->axon_begin.back());
}

double bytes_per_tick(const Program& program, u32 replicas, const Sample& sample) {
  const auto per_tick = [&](sim::Count kind) {
    return as_double(sample.counts[kind]) / as_double(sample.ticks);
  };
  const double axons = per_tick(sim::axon_events);
  const double connected =
      program.chip.has_crossbars()
          ? bytes_of_crossbars(program, replicas, axons, per_tick(sim::spikes))
          : bytes_of_synapses(program, replicas, axons, per_tick(sim::synaptic_events));
  return bytes_of(program.neuron_param) + 2 * replicas * bytes_of(program.neuron_state) + connected;
}

}  // namespace spikefab::cli
