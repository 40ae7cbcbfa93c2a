// A program: everything that is loaded onto the chip before tick 0. Written by the mapper, run by
// the simulator; neither knows the other. Stored as .sfab (arch/program_file.h).
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "arch/chip.h"
#include "arch/synapse.h"
#include "base/ids.h"
#include "base/shared_value.h"

namespace spikefab {

inline constexpr u32 output_bus = 0xffffffff;  // a target that is not a core but the output bus

// The synapses and targets of all cores with synaptic memory. Axons are numbered through all cores
// like neurons. A spike of neuron n goes to each of its targets once; there it is added, times its
// payload, to the accumulators of all synapses of the axon.
struct SynapticMemory {
  std::vector<u64> axon_begin = {0};    // [core + 1]
  std::vector<u32> row_begin = {0};     // [axon + 1] first synapse of the axon
  std::vector<u32> synapse;             // packed, by axon; arch/synapse.h
  std::vector<u64> target_begin = {0};  // [N + 1] first target of the neuron
  std::vector<u32> target_core;         // core index or output_bus
  std::vector<u32> target_axon;         // axon of that core, or line of the output bus
};

// Holds only cores that are programmed or receive spikes; all others are provably inert. Cores are
// sorted by position. Neurons are numbered through all cores: core c has neuron_begin[c] up to
// neuron_begin[c + 1]. N is the total.
struct Program {
  Chip chip;

  // The output bus takes the place of a core; its lines show what reached it, delays ignored.
  u32 output_position = 0;  // mesh index
  u32 output_lines = 0;     // 0: no bus

  u32 slots = 0;  // synaptic memory: ticks that a contribution can wait, its delay + 2 at least
  u64 seed = 0;   // of neurons with random numbers

  std::vector<u32> position;      // [core] mesh index, ascending
  std::vector<u64> neuron_begin;  // [core + 1]
  std::vector<i32> neuron_param;  // [param][N], params of the chip's neuron model
  std::vector<i32> neuron_state;  // [state word][N] before tick 0

  // Crossbars, else empty.
  std::vector<u8> axon_type;     // [core][axon] below chip.weights
  std::vector<u64> crossbar;     // [core][axon][word of the core's neurons] bit n: connected
  std::vector<i32> weight;       // [axon type][N]
  std::vector<u32> target_core;  // [N] core index or output_bus
  std::vector<u16> target_axon;  // [N] axon, or line of the output bus
  std::vector<u8> target_delay;  // [N] ticks; a spike of tick t is processed in t + 1 + delay

  SharedValue<SynapticMemory> memory;  // of cores with synaptic memory, else empty

  u32 cores() const { return static_cast<u32>(position.size()); }
  u64 neurons() const { return neuron_begin.empty() ? 0 : neuron_begin.back(); }
  u32 core_neurons(u32 core) const {
    return static_cast<u32>(neuron_begin[core + 1] - neuron_begin[core]);
  }
  u32 neuron_words(u32 core) const { return words_for(core_neurons(core)); }
  u32 output_words() const { return words_for(output_lines); }

  // Of each neuron, by its model; 0 if there is no neuron.
  u32 state_words() const { return per_neuron(neuron_state); }
  u32 params() const { return per_neuron(neuron_param); }

  u64 connections() const;  // programmed points of all crossbars, or synapses

  // [core + 1] where each core's part of `crossbar` begins, in words.
  std::vector<u64> crossbar_begin() const;

  // Core index at a mesh index, or output_bus if there is none.
  std::vector<u32> core_at_position() const;

 private:
  u32 per_neuron(const std::vector<i32>& values) const {
    return neurons() == 0 ? 0 : static_cast<u32>(values.size() / neurons());
  }
};

// Calls visit(name, array) for each array, in the order of the file.
template <class ProgramOrConst, class Visit>
void for_each_array(ProgramOrConst& program, Visit&& visit) {
  const bool has_crossbars = program.chip.has_crossbars();
  visit("position", program.position);
  visit("neuron_begin", program.neuron_begin);
  if (has_crossbars) {
    visit("axon_type", program.axon_type);
    visit("crossbar", program.crossbar);
    visit("weight", program.weight);
  }
  visit("neuron_param", program.neuron_param);
  visit("neuron_state", program.neuron_state);
  if (has_crossbars) {
    visit("target_core", program.target_core);
    visit("target_axon", program.target_axon);
    visit("target_delay", program.target_delay);
    return;
  }
  auto& memory = [&]() -> auto& {
    if constexpr (std::is_const_v<ProgramOrConst>) {
      return *program.memory;
    } else {
      return program.memory.edit();
    }
  }
  ();
  visit("axon_begin", memory.axon_begin);
  visit("row_begin", memory.row_begin);
  visit("synapse", memory.synapse);
  visit("target_begin", memory.target_begin);
  visit("target_core", memory.target_core);
  visit("target_axon", memory.target_axon);
}

// Every index in range, every array as long as it must be; throws InputError with `place` (a file).
void check_program(const Program& program, const std::string& place);

// SHA-256 over the content, in hex: names a program in checkpoints and run.json.
std::string content_hash(const Program& program);

}  // namespace spikefab
