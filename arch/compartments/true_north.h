// TrueNorth's neuron with all its modes: stochastic synapses, leak and threshold, leak reversal,
// three resets, two negative thresholds. Its 23 parameters are 17 here, as signs are those of the
// numbers. Input g counts the spikes on axons of type g, so that each stochastic synapse draws.
// Source: [Cassidy et al. 2013, "Cognitive computing building block", eqs. 1-5]; widths as in
// NeMo's model of it. Random numbers are ours, as those of the chip are not published.
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct TrueNorth {
  static constexpr std::string_view name = "true_north";
  static constexpr std::string_view help =
      "TrueNorth neuron with stochastic modes, four axon types";

  static constexpr i32 highest = (1 << 19) - 1;  // potentials saturate at 20 bits
  static constexpr i32 max_threshold = (1 << 18) - 1;
  static constexpr std::array params = {
      ParamSpec{"weight_0", 1, -255, 255, "", "of axons of type 0"},
      ParamSpec{"weight_1", 1, -255, 255, "", ""},
      ParamSpec{"weight_2", -1, -255, 255, "", ""},
      ParamSpec{"weight_3", -1, -255, 255, "", ""},
      ParamSpec{"stochastic_0", 0, 0, 1, "",
                "1: a spike adds the sign of the weight if |weight| >= an 8-bit random number"},
      ParamSpec{"stochastic_1", 0, 0, 1, "", ""},
      ParamSpec{"stochastic_2", 0, 0, 1, "", ""},
      ParamSpec{"stochastic_3", 0, 0, 1, "", ""},
      ParamSpec{"leak", 0, -255, 255, "", "added every tick"},
      ParamSpec{"stochastic_leak", 0, 0, 1, "", "1: as for weights"},
      ParamSpec{"leak_reversal", 0, 0, 1, "", "1: the leak has the sign of the potential"},
      ParamSpec{"threshold", 1, 0, max_threshold, "", "fires when the potential reaches it"},
      ParamSpec{"negative_threshold", 0, 0, max_threshold, "", "acts below its negative"},
      ParamSpec{"random_bits", 0, 0, 18, "", "of a random number that is added to the thresholds"},
      ParamSpec{"reset_potential", 0, -highest, highest, "", "of reset 0"},
      ParamSpec{"reset", 0, 0, 2, "", "0: to reset_potential, 1: by the threshold, 2: none"},
      ParamSpec{"saturate", 0, 0, 1, "",
                "below the negative threshold: 1: stays there, 0: is reset like a spike"},
  };
  enum : u32 {
    weight,
    stochastic = weight + 4,
    leak = stochastic + 4,
    stochastic_leak,
    leak_reversal,
    threshold,
    negative_threshold,
    random_bits,
    reset_potential,
    reset,
    saturate
  };
  enum : u32 { potential, state_words };
  static constexpr u32 inputs = 4;  // axon types

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom& random) {
    i64 v = s[potential];
    for (u32 type = 0; type < inputs; ++type) v += synapses(p, type, input[type], random);
    v += leak_at(p, v, random);
    const i32 reached = clamp_to(v, -highest - 1, highest);
    const i32 mask = (1 << p[random_bits]) - 1;
    const i32 raise = mask == 0 ? 0 : static_cast<i32>(random.draw(threshold_draw)) & mask;
    const bool fires = reached >= p[threshold] + raise;
    s[potential] = fires ? after_spike(p, reached, raise) : after_silence(p, reached, raise);
    return fires;
  }

 private:
  // Numbers of draws in a tick; spike k on axons of a type has (type + 1) * 256 + k.
  enum : u32 { leak_draw, threshold_draw };
  static constexpr i32 max_drawn = 256;  // axons of a core; more spikes of a type add nothing

  SPIKEFAB_HD static i32 sign(i64 x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

  // 1 with probability (|x| + 1) / 256 of the sign of x.
  SPIKEFAB_HD static i32 chance(i32 x, u32 draw) {
    return (x < 0 ? -x : x) >= static_cast<i32>(draw >> 24) ? sign(x) : 0;
  }

  SPIKEFAB_HD static i64 synapses(const i32* p, u32 type, i32 count, const NeuronRandom& random) {
    if (p[stochastic + type] == 0) return i64{p[weight + type]} * count;
    i64 sum = 0;
    for (i32 k = 0; k < (count < max_drawn ? count : max_drawn); ++k) {
      sum += chance(p[weight + type], random.draw((type + 1) << 8 | static_cast<u32>(k)));
    }
    return sum;
  }

  SPIKEFAB_HD static i32 leak_at(const i32* p, i64 v, const NeuronRandom& random) {
    const i32 direction = p[leak_reversal] != 0 ? sign(v) : 1;
    if (p[stochastic_leak] == 0) return direction * p[leak];
    return direction * chance(p[leak], random.draw(leak_draw));
  }

  SPIKEFAB_HD static i32 after_spike(const i32* p, i32 v, i32 raise) {
    if (p[reset] == 0) return p[reset_potential];
    return p[reset] == 1 ? v - (p[threshold] + raise) : v;
  }

  SPIKEFAB_HD static i32 after_silence(const i32* p, i32 v, i32 raise) {
    const i32 limit = p[negative_threshold] + (p[saturate] != 0 ? 0 : raise);
    if (v >= -limit) return v;
    if (p[saturate] != 0) return -limit;
    if (p[reset] == 0) return -p[reset_potential];
    return p[reset] == 1 ? v + limit : v;
  }
};

}  // namespace spikefab::compartments
