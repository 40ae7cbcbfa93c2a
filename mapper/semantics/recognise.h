// What several presets look for in a network.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>

#include "mapper/network.h"
#include "mapper/semantics.h"

namespace spikefab {

inline bool close_to(double a, double b) { return std::abs(a - b) <= 1e-5 * std::abs(b); }

// Whether there is such a node, or all are such.
inline bool any_node(const Network& network, const std::function<bool(const Node&)>& is) {
  for (const Node& node : network.nodes) {
    if (is(node)) return true;
  }
  return false;
}

inline bool all_neurons(const Network& network, const std::function<bool(const Neurons&)>& are) {
  bool some = false;
  for (const Node& node : network.nodes) {
    const Neurons* n = node.as<Neurons>();
    if (!n) continue;
    if (!are(*n)) return false;
    some = true;
  }
  return some;
}

// The one value that f gives for all neurons with a leak; nothing if it differs or is no time.
inline std::optional<double> common_time(const Network& network,
                                         const std::function<double(const Neurons&, u64)>& f) {
  std::optional<double> common;
  for (const Node& node : network.nodes) {
    const Neurons* n = node.as<Neurons>();
    if (!n || !has_leak(n->type)) continue;
    const u64 count = std::max(n->tau.values.size(), n->r.values.size());
    for (u64 i = 0; i < count; ++i) {
      const double value = f(*n, i);
      if (!(value > 0) || !std::isfinite(value)) return {};
      if (common && !close_to(value, *common)) return {};
      if (!common) common = value;
    }
  }
  return common;
}

}  // namespace spikefab
