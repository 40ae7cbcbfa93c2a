// Who hears whom, made small: sources that the same neurons hear are one net, and neurons that stay
// together are one vertex. What a partition costs is the same as in the SpikeGraph.
#pragma once

#include <span>
#include <vector>

#include "mapper/mapping/spike_graph.h"

namespace spikefab {

// Each part with a target of a net pays the net's weight, less that of the sources that live in it:
// that sums up to the deliveries, connectivity - 1 of hyperedges that hold the source, too.
struct Hypergraph {
  struct Source {
    u32 vertex_or_net = 0;  // as seen from the other
    i64 weight = 0;
  };

  u32 vertices = 0;
  std::vector<u32> weight;              // [vertex] neurons
  std::vector<i64> net_weight;          // [net] spikes of all its sources, inputs included
  std::vector<u32> net_sources;         // [net] axons that it takes on a core
  std::vector<u64> target_begin = {0};  // [net + 1]
  std::vector<u32> target;              // vertices, ascending
  std::vector<u64> source_begin = {0};  // [net + 1]
  std::vector<Source> source;           // vertices, ascending

  std::vector<u64> heard_begin;  // [vertex + 1]
  std::vector<u32> heard;        // nets
  std::vector<u64> sent_begin;   // [vertex + 1]
  std::vector<Source> sent;      // nets

  u32 nets() const { return static_cast<u32>(net_weight.size()); }
  std::span<const u32> targets_of(u32 net) const { return slice(target, target_begin, net); }
  std::span<const Source> sources_of(u32 net) const { return slice(source, source_begin, net); }
  std::span<const u32> heard_by(u32 vertex) const { return slice(heard, heard_begin, vertex); }
  std::span<const Source> sent_by(u32 vertex) const { return slice(sent, sent_begin, vertex); }

 private:
  template <class T>
  static std::span<const T> slice(const std::vector<T>& all, const std::vector<u64>& begin,
                                  u32 index) {
    return {all.data() + begin[index], all.data() + begin[index + 1]};
  }
};

// Mean spikes per tick as integers of at least 1: as they are if all are whole numbers, else times
// a power of two that leaves the largest below 2^16.
std::vector<u32> integer_rates(const SpikeGraph& graph);

// A vertex for each neuron.
Hypergraph hypergraph_of(const SpikeGraph& graph, const std::vector<u32>& rates);

// Vertices become those of `vertex_of`, 0 .. count - 1; nets that no partition can cut are dropped.
Hypergraph contracted(const Hypergraph& graph, const std::vector<u32>& vertex_of, u32 count);

// The vertices with part_of[vertex] == part, in their order, and the nets with targets among them.
// What sources elsewhere send stays in the weight of a net.
Hypergraph restricted(const Hypergraph& graph, const std::vector<u8>& side_of, u8 side,
                      std::vector<u32>& vertex_in_whole);

}  // namespace spikefab
