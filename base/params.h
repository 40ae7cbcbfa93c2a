// A parameter is declared once: name, default, range, unit, help. Neuron models list theirs.
#pragma once

#include <string_view>

#include "base/hd.h"

namespace spikefab {

struct ParamSpec {
  std::string_view name;
  i32 value;  // default
  i32 min;
  i32 max;
  std::string_view unit;  // empty: a pure number
  std::string_view help;
};

}  // namespace spikefab
