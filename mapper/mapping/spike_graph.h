// Who hears whom in a network, without weights: all that partitioners and placers see of it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mapper/network.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab {

// A population; shape channels x height x width, or height x width, or flat.
struct GraphLayer {
  std::string name;
  Shape shape;
  u64 first = 0;  // neuron
  u64 size = 0;
};

// Neurons are numbered layer by layer and live on cores. Sources are those whose spikes neurons
// hear: first the elements of the network's Inputs, which live outside the chip, then the neurons.
// A pair of neurons counts once, however many synapses it has.
struct SpikeGraph {
  std::string name;  // for messages: the network's file
  std::vector<GraphLayer> layers;
  u32 inputs = 0;   // elements
  u32 neurons = 0;  // source of neuron n: inputs + n

  std::vector<u64> target_begin = {0};  // [source + 1]
  std::vector<u32> target;              // neurons, ascending
  std::vector<u64> source_begin = {0};  // [neuron + 1]
  std::vector<u32> source;              // sources, ascending
  std::vector<float> rate;              // [source] mean spikes per tick

  u32 sources() const { return inputs + neurons; }
  u64 synapses() const { return target.size(); }  // pairs
  std::span<const u32> targets_of(u32 source_number) const {
    return {target.data() + target_begin[source_number],
            target.data() + target_begin[source_number + 1]};
  }
  std::span<const u32> sources_of(u32 neuron) const {
    return {source.data() + source_begin[neuron], source.data() + source_begin[neuron + 1]};
  }
  u32 layer_of(u32 neuron) const;  // index
};

// All rates are 1. Throws ResourceError if it does not fit into memory, InputError if there are
// more than 2^32 - 1 sources.
SpikeGraph graph_of(const Network& network);
SpikeGraph graph_of(const QuantisedNetwork& network);

// Builds a graph source by source, in ascending order.
class GraphBuilder {
 public:
  // Layers and inputs first: the counts must be known.
  GraphBuilder(std::string name, std::vector<GraphLayer> layers, u32 inputs);
  // The targets of the next source, in any order; what stands twice counts once.
  void add_source(std::vector<u32>& targets);
  // Sources that were not added have no targets.
  SpikeGraph build();

 private:
  SpikeGraph graph_;
};

}  // namespace spikefab
