#include "mapper/nir/shape_rules.h"

#include <algorithm>

namespace spikefab {
namespace {

std::vector<Parameter*> parameters_of(Neurons& n) {
  return {&n.tau, &n.tau_syn, &n.r, &n.w_in, &n.v_leak, &n.v_threshold, &n.v_reset};
}

}  // namespace

i64 window_reach(const Window& window, u32 Extent::*axis) {
  return (i64{window.kernel.*axis} - 1) * i64{window.dilation.*axis};
}

i64 window_outputs(u32 inputs, const Window& window, u32 Extent::*axis, bool same) {
  if (same) return inputs;
  const i64 room = i64{inputs} + 2 * i64{window.padding.*axis} - window_reach(window, axis) - 1;
  return room < 0 ? 0 : room / (window.stride.*axis) + 1;
}

Extent same_padding(const Window& window) {
  return {static_cast<u32>(window_reach(window, &Extent::y) / 2),
          static_cast<u32>(window_reach(window, &Extent::x) / 2)};
}

bool is_elementwise(const Node& node) {
  return node.as<Neurons>() || node.as<Scale>() || node.as<Delay>();
}

bool same_for_all(const Node& node) {
  if (const auto* neurons = node.as<Neurons>()) {
    Neurons copy = *neurons;
    const auto all = parameters_of(copy);
    return std::all_of(all.begin(), all.end(),
                       [](const Parameter* p) { return p->same_for_all(); });
  }
  if (const auto* delay = node.as<Delay>()) return delay->seconds.same_for_all();
  const auto* scale = node.as<Scale>();
  return scale && std::all_of(scale->factor.begin(), scale->factor.end(),
                              [&](float f) { return f == scale->factor[0]; });
}

void keep_one_for_all(Node& node) {
  if (auto* neurons = std::get_if<Neurons>(&node.kind)) {
    for (Parameter* p : parameters_of(*neurons)) {
      if (p->given()) p->values.resize(1);
    }
  } else if (auto* delay = std::get_if<Delay>(&node.kind)) {
    delay->seconds.values.resize(1);
  } else if (auto* scale = std::get_if<Scale>(&node.kind)) {
    scale->factor.resize(1);
  }
}

}  // namespace spikefab
