// Everything that a mapping is judged by. What each figure can be at best: mapper/mapping/bounds.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mapper/mapping/cast_figures.h"
#include "mapper/mapping/spike_graph.h"

namespace spikefab {

// What each core takes of one of its resources.
struct ResourceUse {
  std::string name;
  u64 have = 0;           // of each core
  std::vector<u64> used;  // [core]
};

// Of the cores in use, as parts of what they have.
struct Utilisation {
  std::string name;
  double mean = 0;
  double min = 0;
  double max = 0;
  double fragmentation = 0;  // what all of them together have left; smallest where it is tightest
};

// Of chips on which a neuron sends to one core: others need a copy for each core that they send to.
struct SingleDestination {
  u64 sources = 0;        // neurons with targets on more than one core, counting their own
  u64 copies = 0;         // of those
  u64 extra_neurons = 0;  // copies - sources
  double cost = 0;        // unicast hops, and one for each spike of an extra neuron
};

struct RoutingTables {
  u64 entries = 0;      // without those for going straight on, which is the default
  u64 max_entries = 0;  // of a router
  u64 routers = 0;      // entries with those for going straight on
  u64 max_routers = 0;
};

// Rates are in spikes per tick, of neurons on the chip: spikes from outside count for axons only.
// Spike disorder and the distortion of intervals between spikes are 0 by definition on chips that
// wait for each other between ticks, as all of ours do: they are not among the measures.
struct Measures {
  u32 cores = 0;  // in use

  double edge_cut = 0;    // spikes over synapses between cores
  double deliveries = 0;  // spikes times other cores that they go to: lambda - 1 of partitioners
  double mean_reach = 0;  // other cores that a neuron sends to
  u32 max_reach = 0;
  u64 max_axons = 0;  // distinct sources that a core hears
  double mean_axons = 0;

  CastFigures unicast;        // each spike once for each core
  CastFigures tree;           // along a tree
  double multicast_gain = 1;  // hops of trees / unicast hops
  Latency latency;
  SingleDestination single;
  RoutingTables tables;

  std::vector<Utilisation> utilisation;
};

struct MeasureOptions {
  HopCosts costs;
  std::vector<ResourceUse> uses;
  std::vector<double> compute_ns;  // [core] for a step; or empty
};

// `traffic` is that of the partition, `routed` that of the placement. Same inputs, same bits.
Measures measure(const SpikeGraph& graph, const Partition& partition, const CoreTraffic& traffic,
                 const Tiles& tiles, const TileOfCore& tile_of_core, const RoutedTraffic& routed,
                 const MeasureOptions& options = {});
Measures measure(const SpikeGraph& graph, const Partition& partition, const CoreTraffic& traffic,
                 const Tiles& tiles, const TileOfCore& tile_of_core,
                 const MeasureOptions& options = {});

}  // namespace spikefab
