#include "mapper/mapping/cast_figures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace spikefab {
namespace {

LoadFigures figures_of(const std::vector<double>& loads) {
  double max = 0;
  double sum = 0;
  for (const double load : loads) {
    max = std::max(max, load);
    sum += load;
  }
  if (sum == 0) return {};
  const double count = static_cast<double>(loads.size());
  const double mean = sum / count;
  double squares = 0;
  for (const double load : loads) squares += (load - mean) * (load - mean);
  return {max, mean, std::sqrt(squares / count) / mean};
}

LoadFigures link_figures(const Links& links, const LinkLoads& loads) {
  std::vector<double> existing;
  existing.reserve(loads.link.size());
  for (u64 link = 0; link < links.size(); ++link) {
    if (links.exists(link)) existing.push_back(loads.link[link]);
  }
  return figures_of(existing);
}

LoadFigures port_figures(const TileOfCore& tile_of_core, const std::vector<double>& loads) {
  std::vector<double> of_cores;
  of_cores.reserve(tile_of_core.size());
  for (const u32 tile : tile_of_core) of_cores.push_back(loads[tile]);
  return figures_of(of_cores);
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// How long the busiest link or port is taken by the spikes of one tick.
double longest_busy_ns(const Links& links, const LinkLoads& loads, const HopCosts& costs) {
  double longest = std::max(largest(loads.inject) * costs.inject_busy_ns,
                            largest(loads.eject) * costs.eject_busy_ns);
  for (u32 direction = 0; direction < Links::directions; ++direction) {
    const auto begin = loads.link.begin() + static_cast<std::ptrdiff_t>(links.number(direction, 0));
    const auto end =
        loads.link.begin() + static_cast<std::ptrdiff_t>(links.number(direction + 1, 0));
    longest = std::max(longest, *std::max_element(begin, end) * costs.link_busy_ns[direction / 2]);
  }
  return longest;
}

// Injection once per packet; each link, and each router: those behind links, and once more for each
// delivery, as the first or as one that branches.
double energy_pj(const LinkLoads& loads, const HopCosts& costs) {
  const double deliveries = sum_of(loads.eject);
  double energy = sum_of(loads.inject) * costs.inject_pj + deliveries * costs.eject_pj;
  for (u32 axis = 0; axis < 3; ++axis) energy += loads.hops[axis] * costs.hop_pj[axis];
  return energy + (loads.all_hops() + deliveries) * costs.router_pj;
}

// Mean waiting time in a queue that is below its limit.
double wait_ns(double load, double busy_ns, double step_ns) {
  const double rho = load * busy_ns / step_ns;
  return rho / (2 * (1 - rho)) * busy_ns;
}

LinkLoads waits_of(const Links& links, const LinkLoads& loads, const HopCosts& costs) {
  LinkLoads waits = loads;
  for (u64 link = 0; link < links.size(); ++link) {
    const double busy_ns = costs.link_busy_ns[links.axis_of(link)];
    waits.link[link] = wait_ns(loads.link[link], busy_ns, costs.step_ns);
  }
  for (double& load : waits.inject) load = wait_ns(load, costs.inject_busy_ns, costs.step_ns);
  for (double& load : waits.eject) load = wait_ns(load, costs.eject_busy_ns, costs.step_ns);
  return waits;
}

double ends_ns(const HopCosts& costs) { return costs.inject_ns + costs.eject_ns + costs.router_ns; }

class LatencyOf {
 public:
  LatencyOf(const Links& links, const HopCosts& costs) : links_(links), costs_(costs) {}

  double operator()(u32 from, u32 to) const {
    double latency = ends_ns(costs_);
    for (u32 axis = 0; axis < 3; ++axis) {
      latency += std::abs(links_.offset(axis, from, to)) * (costs_.hop_ns[axis] + costs_.router_ns);
    }
    return latency;
  }

 private:
  const Links& links_;
  const HopCosts& costs_;
};

template <class Visit>
void for_each_pair(const CoreTraffic& traffic, const TileOfCore& tile_of_core, const Visit& visit) {
  for (u64 i = 0; i < traffic.classes.size(); ++i) {
    const TrafficClass& sources = traffic.classes[i];
    for (const u32 core : traffic.targets_of(i)) {
      visit(tile_of_core[sources.core], tile_of_core[core], sources.rate);
    }
  }
}

double worst_with_waits(const CoreTraffic& traffic, const Links& links,
                        const TileOfCore& tile_of_core, const HopCosts& costs,
                        const LinkLoads& waits) {
  const LatencyOf latency_of_route(links, costs);
  double worst = 0;
  for_each_pair(traffic, tile_of_core, [&](u32 from, u32 to, double) {
    double latency = latency_of_route(from, to) + waits.inject[from] + waits.eject[to];
    links.for_each_on_route(from, to, [&](u64 link, u32) { latency += waits.link[link]; });
    worst = std::max(worst, latency);
  });
  return worst;
}

// What all spikes delivered in a tick wait for together: `unicast` says how many of them pass
// where.
double sum_of_waits(const LinkLoads& unicast, const LinkLoads& waits) {
  double sum = 0;
  const auto add = [&](const std::vector<double>& load, const std::vector<double>& wait) {
    for (std::size_t i = 0; i < load.size(); ++i) sum += load[i] * wait[i];
  };
  add(unicast.link, waits.link);
  add(unicast.inject, waits.inject);
  add(unicast.eject, waits.eject);
  return sum;
}

}  // namespace

Latency latency_of(const CoreTraffic& traffic, const Tiles& tiles, const TileOfCore& tile_of_core,
                   const HopCosts& costs) {
  const Links links(tiles);
  const LatencyOf latency_of_route(links, costs);
  Latency latency;
  double deliveries = 0;
  double sum = 0;
  for_each_pair(traffic, tile_of_core, [&](u32 from, u32 to, double rate) {
    const double ns = latency_of_route(from, to);
    latency.worst_ns = std::max(latency.worst_ns, ns);
    deliveries += rate;
    sum += rate * ns;
  });
  if (deliveries > 0) latency.average_ns = sum / deliveries;
  return latency;
}

CastFigures cast_figures(Cast cast, const RoutedTraffic& routed, const CoreTraffic& traffic,
                         const Tiles& tiles, const TileOfCore& tile_of_core, const HopCosts& costs,
                         const Latency& latency, double compute_ns) {
  const Links links(tiles);
  const LinkLoads& loads = cast == Cast::unicast ? routed.unicast : routed.tree;
  CastFigures figures;
  figures.packets = sum_of(loads.inject);
  figures.hops = loads.all_hops();
  figures.links = link_figures(links, loads);
  figures.inject = port_figures(tile_of_core, loads.inject);
  figures.eject = port_figures(tile_of_core, loads.eject);
  figures.energy_pj = energy_pj(loads, costs);
  const double busy_ns = longest_busy_ns(links, loads, costs);
  figures.step_bound_ns = std::max({compute_ns, busy_ns, latency.worst_ns}) + costs.sync_ns;
  figures.congestion.utilisation = busy_ns / costs.step_ns;
  figures.congestion.saturated = figures.congestion.utilisation >= 1;
  if (figures.congestion.saturated) return figures;
  const LinkLoads waits = waits_of(links, loads, costs);
  figures.congestion.worst_ns = worst_with_waits(traffic, links, tile_of_core, costs, waits);
  const double deliveries = sum_of(loads.eject);
  figures.congestion.average_ns = latency.average_ns;
  if (deliveries > 0) {
    *figures.congestion.average_ns += sum_of_waits(routed.unicast, waits) / deliveries;
  }
  return figures;
}

}  // namespace spikefab
