// A chip that keeps itself busy at a chosen rate: what speed is measured on, at every size and
// activity, without a stimulus.
#pragma once

#include "arch/program.h"
#include "sim/state.h"

namespace spikefab::cli {

struct ActiveChip {
  u32 cores = 512;
  u32 size = 256;    // axons and neurons of each core
  u32 percent = 10;  // of the neurons fire in a tick, and of the axons are hit; 1..100
  u64 seed = 1;
};

// Half of the synapses are connected; axon types are random, a fourth of each; weights are 1, -1, 2
// and -2. Every neuron sends to one axon somewhere, every axon hears one neuron, 1 to 4 ticks
// later.
//
// The rate: a neuron gains 100 a tick by its leak and loses 10000 / percent by each spike, and
// that dwarfs its synapses, whose weights sum to zero over the axons of a core. So the rate is
// `percent` on average, and potentials that begin anywhere below the threshold have it from the
// first tick on. How far a run kept to it is told by its counts.
Program make_active_chip(const ActiveChip& chip);

// The state before tick 0 of replicas [first, first + count) that share a program and all differ:
// replica r has the neurons' states of the program, r * 7919 neurons further on. The program may be
// any whose neurons are alike.
sim::State active_state(const Program& program, u32 first, u32 count);

}  // namespace spikefab::cli
