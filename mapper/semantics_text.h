// Choices of semantics as text, "snntorch,dt=1e-4,reset=subtract", in parts.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "mapper/semantics.h"

namespace spikefab {

struct SemanticsText {
  std::string preset;                // "snntorch"
  std::vector<std::string> choices;  // "dt=1e-4", "reset=subtract"
};

SemanticsText split_semantics(const std::string& text);

// Both throw UsageError with did-you-mean.
Semantics semantics_of_preset(const std::string& name);
void apply_choices(Semantics& semantics, const std::vector<std::string>& choices);

// Whether a step may be so long: for what `dt=` says as for what a network tells.
inline constexpr double smallest_dt = 1e-12;
inline bool is_dt(double dt) { return dt >= smallest_dt && std::isfinite(dt); }

// The shortest text that reads as the same number.
std::string number_text(double value);

}  // namespace spikefab
