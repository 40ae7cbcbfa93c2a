// One core with synaptic memory, neuron by neuron and axon by axon, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"

namespace spikefab::test {

class SynapticCore {
 public:
  SynapticCore(const std::string& model, u32 neurons);

  SynapticCore& set(u32 neuron, std::string_view param, i32 value);
  SynapticCore& start(u32 neuron, u32 state_word, i32 value);
  u32 add_axon(std::vector<StoredSynapse> synapses);  // its number
  SynapticCore& send(u32 neuron, u32 axon);
  SynapticCore& send_out(u32 neuron, u32 line);

  // Axons 0 .. neurons * inputs - 1, each of which adds its payload to one accumulator.
  SynapticCore& add_input_axons();

  Program build() const;

 private:
  Chip chip_;
  ModelOutline outline_;
  u32 neurons_;
  std::vector<i32> params_;  // [param][neuron]
  std::vector<i32> state_;   // [state word][neuron]
  std::vector<std::vector<StoredSynapse>> axons_;
  std::vector<std::vector<u32>> targets_;  // [neuron]
  std::vector<std::vector<u32>> lines_;    // [neuron]
};

// Payloads to axons of the core at position 0, tick by tick.
class PayloadStimulus {
 public:
  void begin_tick() { stimulus_.begin.push_back(stimulus_.events.size()); }
  void add(u32 axon, i32 payload);  // in the tick that began last; 0 is left out
  Stimulus build() const;

 private:
  Stimulus stimulus_ = {.begin = {}, .events = {}, .payload = {}};
};

}  // namespace spikefab::test
