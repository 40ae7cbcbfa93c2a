// Modes: parameters that choose among a few ways to work, such as how a neuron is reset, and those
// that decide whether it draws random numbers. Where all neurons of a core have the same modes, the
// code for it knows them when it is compiled: no branch that vector code cannot have, no random
// number that is not used.
#pragma once

#include <algorithm>
#include <string_view>

#include "compartment_models.h"

namespace spikefab::sim::cpu {

// A model draws random numbers only if a parameter with such a name is not 0; a test holds the
// models to it. Cores that draw are never at rest.
constexpr bool decides_on_random(const ParamSpec& spec) {
  return spec.name == "noise_target" || spec.name.starts_with("stochastic") ||
         spec.name.starts_with("random");
}

// How many values of a parameter there is code for, from the least on; 0: it is no mode. Of several
// parameters that decide on random numbers, only 0 counts, as there would be too many combinations.
template <class Model>
constexpr u32 values_of_mode(u32 k) {
  const ParamSpec& spec = Model::params[k];
  const bool is_choice = spec.unit.empty() && spec.max > spec.min && i64{spec.max} - spec.min <= 2;
  const auto several = [] {
    return std::count_if(Model::params.begin(), Model::params.end(), decides_on_random) > 1;
  };
  if (decides_on_random(spec) && (several() || !is_choice)) return 1;
  return is_choice ? static_cast<u32>(spec.max - spec.min) + 1 : 0;
}

// Modes are numbered by their values as digits, the first as the lowest. This number, above all,
// says that neurons differ or that there is no code for their modes.
template <class Model>
constexpr u32 any_modes() {
  u32 count = 1;
  for (u32 k = 0; k < Model::params.size(); ++k) count *= std::max(values_of_mode<Model>(k), 1u);
  return count;
}

// The value of parameter k, a mode, in these modes.
template <class Model>
constexpr i32 value_in_modes(u32 modes, u32 k) {
  for (u32 i = 0; i < k; ++i) modes /= std::max(values_of_mode<Model>(i), 1u);
  return Model::params[k].min + static_cast<i32>(modes % values_of_mode<Model>(k));
}

// The number of the modes of a core: value(k) says what parameter k is and whether it is the same
// for all neurons.
template <class Model, class Value>
u32 modes_of(Value&& value) {
  u32 modes = 0;
  u32 digit = 1;
  for (u32 k = 0; k < Model::params.size(); ++k) {
    const u32 values = values_of_mode<Model>(k);
    if (values == 0) continue;
    const auto [at, shared] = value(k);
    const i64 above = i64{at} - Model::params[k].min;
    if (!shared || above >= values) return any_modes<Model>();
    modes += digit * static_cast<u32>(above);
    digit *= values;
  }
  return modes;
}

}  // namespace spikefab::sim::cpu
