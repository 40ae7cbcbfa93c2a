// Memoryless neurons with graded spikes: send what they receive, or the product of two inputs, when
// it exceeds the threshold. Source: Lava, GradedVec, GradedReluVec and ProdNeuron.
#pragma once

#include <array>
#include <string_view>

#include "arch/fixed_point.h"
#include "arch/neuron_random.h"
#include "base/params.h"

namespace spikefab::compartments {

struct Graded {
  static constexpr std::string_view name = "graded";
  static constexpr std::string_view help = "sends its input as payload if it exceeds the threshold";

  static constexpr i32 limit = (1 << 23) - 1;
  static constexpr std::array params = {
      ParamSpec{"threshold", 0, 0, limit, "", "payloads above it are sent"},
      ParamSpec{"rectify", 0, 0, 1, "", "1: only positive payloads, 0: by magnitude"},
      ParamSpec{"multiply", 0, 0, 1, "", "1: the product of both inputs instead of the first"},
      ParamSpec{"exponent", 0, 0, 31, "", "the product is divided by 2^exponent, floored"},
  };
  enum : u32 { threshold, rectify, multiply, exponent };
  enum : u32 { last, state_words };  // what the neuron held in the last tick, for recordings
  static constexpr u32 inputs = 2;

  SPIKEFAB_HD static i32 step(const i32* p, i32* s, const i32* input, const NeuronRandom&) {
    const i64 product = i64{input[0]} * input[1] >> p[exponent];
    s[last] = p[multiply] != 0 ? static_cast<i32>(product) : input[0];
    const bool above = s[last] > p[threshold];
    const bool below = p[rectify] == 0 && wrap_sub(0, s[last]) > p[threshold];
    return above || below ? s[last] : 0;
  }
};

}  // namespace spikefab::compartments
