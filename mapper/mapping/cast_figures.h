// What one way of sending spikes costs on a mesh: loads, energy, time; part of the measures
// (mapper/mapping/measures.h).
#pragma once

#include <optional>

#include "mapper/mapping/hop_costs.h"
#include "mapper/mapping/link_load.h"

namespace spikefab {

struct LoadFigures {
  double max = 0;
  double mean = 0;
  double variation = 0;  // standard deviation / mean
};

// Each link and port as a queue with Poisson arrivals and a fixed time of service (M/D/1): on
// average a spike waits rho / (2 (1 - rho)) times that, rho = spikes per tick * busy time / step.
struct Congestion {
  double utilisation = 0;            // rho of the busiest link or port
  bool saturated = false;            // rho >= 1: what a tick sends does not pass within a step
  std::optional<double> average_ns;  // latency with waiting, by spikes delivered; not if saturated
  std::optional<double> worst_ns;    // of all pairs of cores
};

struct CastFigures {
  double packets = 0;  // that cores inject per tick
  double hops = 0;     // links crossed per tick
  LoadFigures links;   // spikes per tick, of the links that exist
  LoadFigures inject;  // of the ports of the tiles that have cores
  LoadFigures eject;
  double energy_pj = 0;      // per tick
  double step_bound_ns = 0;  // no step can be shorter
  Congestion congestion;
};

enum class Cast { unicast, tree };

// Without waiting; the same for unicast and trees.
struct Latency {
  double average_ns = 0;  // by spikes delivered
  double worst_ns = 0;
};

Latency latency_of(const CoreTraffic& traffic, const Tiles& tiles, const TileOfCore& tile_of_core,
                   const HopCosts& costs);

// `compute_ns`: of the core that takes longest.
CastFigures cast_figures(Cast cast, const RoutedTraffic& routed, const CoreTraffic& traffic,
                         const Tiles& tiles, const TileOfCore& tile_of_core, const HopCosts& costs,
                         const Latency& latency, double compute_ns);

}  // namespace spikefab
