// A network in the numbers of a chip: every neuron as parameters of the chip's neuron model, every
// weight as an integer. The second step from a file to a Program; the next one is
// mapper/place_network.h. What is done how is told in docs/mapping.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arch/chip.h"
#include "arch/weight_format.h"
#include "mapper/network.h"
#include "mapper/semantics.h"

namespace spikefab {

enum class ScalePer {
  automatic,  // neuron if the chip does not limit the number of different thresholds, else layer
  layer,      // all neurons of a population have one threshold
  neuron,     // each has its own
};

// What Inputs give, tick by tick, to compare the chip's spikes with those of the float simulation.
struct CalibrationRun {
  struct Event {
    u32 input = 0;  // which of the network's Inputs, in the order of Network::inputs()
    u32 index = 0;  // element
    u32 count = 1;
  };
  std::vector<std::vector<Event>> steps;
};

struct QuantiserOptions {
  u32 weight_bits = 8;  // 1..9 with sign; 9 only where synapses are stored `packed`
  ScalePer scale = ScalePer::automatic;
  // Weights beyond this percentile of |weight| are cut off, 50..100. 0: the best of 100, 99.9,
  // 99.5, 99 and the least-squares one, by the error of the weights or, with calibration runs, of
  // the numbers of spikes.
  double clip_percentile = 0;
  // The share of a neuron's synapses that is taken to be active in the same tick, at most.
  double activity = 1;
  u32 input_count = 1;  // the largest count of an Input's element in a tick
  std::vector<CalibrationRun> calibration;
};

// How the synapses between two nodes are stored.
struct WeightFormat {
  u32 bits = 8;  // stored; with mode mixed, one of them is the sign. 9: all that a synapse has
  SignMode mode = SignMode::mixed;
  i32 exponent = 0;
  u32 delay_bits = 0;
  bool operator==(const WeightFormat&) const = default;
};

// Of a projection: all synapses from one node to another.
struct ProjectionReport {
  std::string from;
  u64 synapses = 0;
  WeightFormat format;
  double largest_weight = 0;  // magnitude, in the network
  double clipped_share = 0;   // 0..1 of the synapses
  double weight_error = 0;    // RMS error of weight / threshold, relative to its RMS
  u64 lost = 0;               // synapses that became 0
  u32 longest_delay = 0;      // ticks
};

// Of a population. Errors are relative and the largest of all neurons; margins say how many times
// the worst case would fit, infinite if nothing can happen.
struct LayerReport {
  std::string name;
  std::string type;  // "LIF"
  u64 neurons = 0;
  u64 synapses = 0;
  double scale = 0;  // chip units of potential per unit of the network: the median of the neurons
  double smallest_scale = 0;
  double largest_scale = 0;
  // "none", "99.5 %", "least squares", "common step", "per neuron" or "no weights".
  std::string clipping;
  double threshold_error = 0;  // 0, as scales are such that thresholds are whole numbers
  double decay_error = 0;      // of the share 1 - decay that is lost in a tick
  double synapse_decay_error = 0;
  double bias_error = 0;              // relative to the threshold
  double input_margin = 0;            // sum of a tick's inputs, with options.activity
  double current_margin = 0;          // u
  double potential_margin = 0;        // v, upwards
  double room_below = 0;              // lowest potential that the chip holds, in thresholds
  std::optional<double> spike_error;  // with calibration: |chip - float| / float of its spikes
  std::vector<ProjectionReport> projections;
};

struct QuantiserReport {
  std::vector<LayerReport> layers;  // in the order of QuantisedNetwork::layers
  std::vector<std::string> notes;   // what is not as in the float simulation, and why
};

// A run of neurons, of elements of an Input, or of elements of an Output.
struct QuantisedLayer {
  u32 node = 0;  // of the network
  std::string name;
  Shape shape;
  u64 first =
      0;  // number of its first neuron (of all populations) or Input element (of all Inputs)
  u64 size = 0;
  u32 level = 0;  // populations: what a step of the network is, is done so many ticks later
};

// What an element of an Output sums up: spikes of neurons, or potentials of those without spikes.
struct QuantisedTerm {
  u32 neuron = 0;
  bool is_potential = false;
  double weight = 1;  // times the number of spikes, or the chip's potential
  u32 delay = 0;      // in a step, the Output reads what was done so many steps before
};

struct QuantisedOutput {
  QuantisedLayer layer;
  std::vector<u64> term_begin = {0};  // [element + 1]
  std::vector<QuantisedTerm> terms;
  std::vector<double> constant;  // [element] added in every step
};

// Sources are numbered: first the elements of all Inputs, then the neurons of all populations.
struct QuantisedNetwork {
  std::string path;  // of the network's file, for messages
  Chip chip;
  std::vector<QuantisedLayer> inputs;
  std::vector<QuantisedLayer> layers;  // populations, each after those that feed it (but cycles)
  std::vector<QuantisedOutput> outputs;
  u64 input_elements = 0;
  u64 neurons = 0;

  std::vector<i32> neuron_param;  // [param][neuron], params of the chip's neuron model
  std::vector<i32> neuron_state;  // [state word][neuron] before tick 0

  // Those into each neuron, by source, then delay. None is 0.
  std::vector<u64> synapse_begin = {0};  // [neuron + 1]
  std::vector<u32> source;
  std::vector<i16> mantissa;
  std::vector<u8> delay;  // ticks; a spike of tick t (an input: of t - 1) acts in t + 1 + delay

  std::vector<WeightFormat> formats;  // [input or layer of the source][layer of the target]

  QuantiserReport report;

  u64 sources() const { return input_elements + neurons; }
  u32 source_layers() const { return static_cast<u32>(inputs.size() + layers.size()); }
  u32 layer_of_source(u64 source) const;  // its input, or inputs.size() + its layer
  u32 layer_of_neuron(u64 neuron) const;
  const WeightFormat& format(u32 source_layer, u32 target_layer) const {
    return formats[u64{source_layer} * layers.size() + target_layer];
  }
};

// Throws InputError, with node and hint, for what the chip's neurons cannot do or hold; UsageError
// for options out of range; FitError for more neurons than the chip has, or delays that are too
// long for it; ResourceError for want of memory.
QuantisedNetwork quantise(const Network& network, const Semantics& semantics, const Chip& chip,
                          const QuantiserOptions& options = {});

}  // namespace spikefab
