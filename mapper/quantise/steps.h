// The integers of a weight format, and how near they come to weights.
#pragma once

#include <functional>
#include <span>

#include "arch/weight_format.h"

namespace spikefab {

// A weight is a whole number of steps times 2^shift. Steps are what is left of a mantissa without
// the low bits that are always 0.
struct WeightSteps {
  SignMode mode = SignMode::mixed;
  i32 low = -128;
  i32 high = 127;
  u32 lost = 1;       // bits of the mantissa
  i32 max_shift = 7;  // with which every value fits into 16 bits

  // `bits` as in QuantiserOptions; signs: what occurs.
  static WeightSteps of(u32 bits, bool has_positive, bool has_negative);

  i32 most() const { return high > -low ? high : -low; }
};

// The largest weights of both signs.
struct LargestWeights {
  double positive = 0;  // magnitudes
  double negative = 0;

  void add(double weight);
  double largest() const { return positive > negative ? positive : negative; }
  LargestWeights cut_at(double magnitude) const;
};

// In the following, a weight w is w * threshold in the chip's units.

// The largest threshold with which weights fit with shift 0; infinite without weights.
double fitting_threshold(const WeightSteps& steps, const LargestWeights& largest);

// The smallest shift with which weights fit.
i32 fitting_shift(const WeightSteps& steps, const LargestWeights& largest, double threshold);

i32 nearest_step(double weight, double threshold, i32 shift, const WeightSteps& steps);

// Of all weights, the sum.
double squared_error(std::span<const float> weights, double threshold, i32 shift,
                     const WeightSteps& steps);

// A threshold with which all weights are whole numbers of steps, for networks that were trained
// with few levels or powers of two, and which is one itself, or nearly. `shift_of`: for the
// threshold with shift 0. 0 if there is none up to `limit`.
double whole_threshold(std::span<const float> weights, double largest, const WeightSteps& steps,
                       double limit, const std::function<i32(double)>& shift_of);

}  // namespace spikefab
