// What the kernels for cores with synaptic memory read and write: plain pointers. Neurons come in
// words of 64, the last of a core padded with copies of its last neuron.
#pragma once

#include "arch/neuron_random.h"

namespace spikefab::sim::cpu {

struct GradedSpike {
  u32 axon;  // of the core that it goes to
  i32 payload;
};

// Where the spikes of one tick to one core add the synapses of their axons, in one replica.
struct RowSums {
  const u32* row_begin;  // [axon + 1] of the core
  const u64*
      short_rows;      // the same if all rows of the core are short (sim/cpu/row_index.h), or null
  const u32* synapse;  // of all cores
  i32* accumulators;   // [slot][stride] of the core
  u32 now;             // slot of what has no delay
  u32 slots;
  u32 stride;
};

// Values of a parameter, one for each neuron, or 64 equal ones that serve all words.
struct ParamRun {
  const i32* value;
  u32 step;  // from one word to the next: 64, or 0
};

struct FiredNeuron {
  u32 neuron;  // of the core
  i32 payload;
};

// The neurons of a core in one replica and tick.
struct CompartmentUpdate {
  u32 neurons;
  const ParamRun* param;  // [param]
  i32* state;             // [state word][padded neuron]
  i32* due;               // [padded neuron][input] taken, and then 0
  NeuronRandom random;    // of neuron 0
  FiredNeuron* fired;     // those that did, ascending; room for all
};

struct UpdateOutcome {
  u32 fired;
  bool moved;  // the state of any
};

using UpdateCompartments = UpdateOutcome (*)(const CompartmentUpdate&);

// What each organisation's kernels are for one instruction set. Rows return their synapses.
struct SynapticKernels {
  u64 (*add_rows)(const RowSums&, const u32* axon, u64 spikes);  // of payload 1
  u64 (*add_graded_rows)(const RowSums&, const GradedSpike* spike, u64 spikes);
  UpdateCompartments (*update)(u32 model, u32 modes);  // see synaptic_modes.h
};

}  // namespace spikefab::sim::cpu
