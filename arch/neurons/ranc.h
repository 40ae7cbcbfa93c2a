// RANC's neuron: integrate, add the leak, compare, reset. Potentials wrap at 32 bits.
// Source: RANC [Mack et al., IEEE TCAD 2022] software simulator; parameter names are those of its
// JSON input. The negative absolute reset goes to -reset_potential, as there.
#pragma once

#include <array>
#include <limits>
#include <string_view>

#include "base/params.h"

namespace spikefab::neurons {

struct Ranc {
  static constexpr std::string_view name = "ranc";
  static constexpr std::string_view help = "RANC/TrueNorth integrate-and-fire, two reset modes";

  static constexpr i32 lowest = std::numeric_limits<i32>::min();
  static constexpr i32 highest = std::numeric_limits<i32>::max();
  static constexpr std::array params = {
      ParamSpec{"leak", 0, lowest, highest, "", "added every tick, after the synapses"},
      ParamSpec{"positive_threshold", 1, lowest, highest, "", "fires when potential reaches it"},
      ParamSpec{"negative_threshold", 0, lowest, highest, "", "resets below it"},
      ParamSpec{"reset_potential", 0, lowest, highest, "", "of the absolute reset"},
      ParamSpec{"reset_mode", 0, 0, 1, "", "0: absolute, 1: linear (subtracts the threshold)"},
      ParamSpec{"reset_type", 0, 0, 1, "",
                "negative threshold 0: asymmetric (below it), 1: symmetric (at or below it)"},
  };
  enum : u32 {
    leak,
    positive_threshold,
    negative_threshold,
    reset_potential,
    reset_mode,
    reset_type
  };
  enum : u32 { potential, state_words };

  // Returns true if the neuron fires; p holds one value per entry of params, s the state words.
  // Free of branches, so that a loop over neurons becomes vector code.
  SPIKEFAB_HD static bool step(const i32* p, i32* s, i32 input) {
    const i32 v = wrap_add(wrap_add(s[potential], input), p[leak]);
    const bool fires = v >= p[positive_threshold];
    const bool under =
        (v < p[negative_threshold]) | ((p[reset_type] != 0) & (v == p[negative_threshold]));
    const bool linear = p[reset_mode] != 0;
    const i32 after_spike = linear ? wrap_sub(v, p[positive_threshold]) : p[reset_potential];
    const i32 after_under =
        linear ? wrap_sub(v, p[negative_threshold]) : wrap_sub(0, p[reset_potential]);
    s[potential] = fires ? after_spike : (under ? after_under : v);
    return fires;
  }
};

}  // namespace spikefab::neurons
