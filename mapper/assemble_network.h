// The program of a placed network, and how its inputs and outputs are found on the chip: the last
// step before a run.
#pragma once

#include <string>
#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"
#include "mapper/place_network.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab {

// An element's spike of step t is an event of tick t on each of its axons; a count is its payload.
struct MappedInput {
  std::string name;
  Shape shape;
  std::vector<u64> target_begin = {0};  // [element + 1]
  std::vector<StimulusEvent> targets;   // delay 0
};

// Its value for step t: weight * what the output line (0 or 1) shows in tick t + latency, or
// weight * the potential of that neuron at the end of that tick. What an Output reads late was done
// in an earlier tick: then the latency may be negative, and ticks before 0 show nothing.
struct MappedTerm {
  u32 line = output_bus;  // of the output bus, or none: a potential
  u32 position = 0;       // mesh index and neuron of the core, in either case
  u32 neuron = 0;
  double weight = 1;
  i64 latency = 0;  // ticks
};

struct MappedOutput {
  std::string name;
  Shape shape;
  std::vector<u64> term_begin = {0};  // [element + 1]
  std::vector<MappedTerm> terms;
  std::vector<double> constant;  // [element] added in every step
};

struct MappedLayer {
  std::string name;
  Shape shape;
  u32 level = 0;              // spikes of step t are made in tick t + level
  std::vector<u32> position;  // [neuron] mesh index of its core
  std::vector<u32> neuron;    // [neuron] its number there
};

struct MappedCore {
  u32 position = 0;
  std::vector<std::string> layers;  // whose neurons it has
  CoreUse use;
};

struct MappedNetwork {
  Program program;
  std::vector<MappedInput> inputs;
  std::vector<MappedOutput> outputs;
  std::vector<MappedLayer> layers;
  std::vector<MappedCore> cores;  // by position
  u32 latency = 0;  // ticks from the last step of an input until all outputs have shown it
};

// Cores lie row by row, the output bus at the last place of the mesh. Throws FitError if there are
// more cores than places, or more axons for inputs than a stimulus can name.
MappedNetwork assemble(const QuantisedNetwork& network, const Placement& placement);

// The stimulus of one run, step by step.
class StepStimulus {
 public:
  explicit StepStimulus(const MappedNetwork& network);
  void begin_step();
  // In the step that began last; count 0 is left out.
  void add(u32 input, u32 element, u32 count);
  // With as many empty ticks behind the last step as it takes until its outputs have shown. Once.
  Stimulus build();

 private:
  const MappedNetwork& network_;
  Stimulus stimulus_;
  bool all_single_ = true;  // every payload is 1
};

}  // namespace spikefab
