// How much memory a tick must move: what the speed of engines is compared with.
#pragma once

#include "arch/program.h"
#include "cli/bench_rung.h"

namespace spikefab::cli {

inline double ratio(double a, double b) { return b > 0 ? a / b : 0; }

// Of all cores; those with synaptic memory have as many as they need.
double axons_of(const Program& program);

// The least bytes that one tick of all replicas moves if nothing is kept from tick to tick: rows of
// the crossbar or the synapses of active axons (each once, as replicas can share it), parameters,
// weights, states and waiting spikes or due accumulators read and written, and the targets of
// spikes.
double bytes_per_tick(const Program& program, u32 replicas, const Sample& sample);

}  // namespace spikefab::cli
