#include "mapper/quantise/steps.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "arch/synapse.h"

namespace spikefab {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double step_tolerance = 1e-4;  // of a common step
constexpr double exactly = 1e-6;         // relative weights are floats

// The least number of steps that the largest weight can be such that all weights are whole numbers
// of them, or 0.
i32 common_steps(std::span<const float> weights, double largest, i32 limit) {
  for (i32 steps = 1; steps <= limit; ++steps) {
    const double scale = steps / largest;
    const bool whole = std::all_of(weights.begin(), weights.end(), [&](float weight) {
      const double scaled = double{weight} * scale;
      return std::abs(scaled - std::nearbyint(scaled)) < step_tolerance;
    });
    if (whole) return steps;
  }
  return 0;
}

}  // namespace

WeightSteps WeightSteps::of(u32 bits, bool has_positive, bool has_negative) {
  WeightSteps steps;
  if (bits > 8) {
    steps.low = min_mantissa;
    steps.high = max_mantissa;
  } else if (has_positive && has_negative) {
    steps.low = -(1 << (bits - 1));
    steps.high = (1 << (bits - 1)) - 1;
  } else {
    steps.mode = has_negative ? SignMode::inhibitory : SignMode::excitatory;
    steps.low = has_negative ? -((1 << bits) - 1) : 0;
    steps.high = has_negative ? 0 : (1 << bits) - 1;
  }
  steps.lost = bits > 8 ? 0 : lost_bits(steps.mode, bits);
  // A mantissa of -256 does not fit with the largest exponent.
  const i32 exponent = steps.mode == SignMode::mixed ? max_exponent - 1 : max_exponent;
  steps.max_shift = exponent + static_cast<i32>(steps.lost);
  return steps;
}

void LargestWeights::add(double weight) {
  positive = std::max(positive, weight);
  negative = std::max(negative, -weight);
}

LargestWeights LargestWeights::cut_at(double magnitude) const {
  return {std::min(positive, magnitude), std::min(negative, magnitude)};
}

double fitting_threshold(const WeightSteps& steps, const LargestWeights& largest) {
  double threshold = infinite;
  if (largest.positive > 0) threshold = steps.high / largest.positive;
  if (largest.negative > 0) threshold = std::min(threshold, -steps.low / largest.negative);
  return threshold;
}

i32 fitting_shift(const WeightSteps& steps, const LargestWeights& largest, double threshold) {
  const double above = largest.positive * threshold;
  const double below = largest.negative * threshold;
  i32 shift = 0;
  while (shift < steps.max_shift && (above > std::ldexp(steps.high + 0.5, shift) ||
                                     below > std::ldexp(-steps.low + 0.5, shift))) {
    ++shift;
  }
  return shift;
}

i32 nearest_step(double weight, double threshold, i32 shift, const WeightSteps& steps) {
  const double step = std::nearbyint(std::ldexp(weight * threshold, -shift));
  return static_cast<i32>(std::clamp<double>(step, steps.low, steps.high));
}

double squared_error(std::span<const float> weights, double threshold, i32 shift,
                     const WeightSteps& steps) {
  const double to_steps = std::ldexp(threshold, -shift);
  const double to_weight = 1 / to_steps;
  double sum = 0;
  for (const float weight : weights) {
    const double step =
        std::clamp<double>(std::nearbyint(double{weight} * to_steps), steps.low, steps.high);
    const double error = step * to_weight - double{weight};
    sum += error * error;
  }
  return sum;
}

double whole_threshold(std::span<const float> weights, double largest, const WeightSteps& steps,
                       double limit, const std::function<i32(double)>& shift_of) {
  const i32 fewest = common_steps(weights, largest, steps.most());
  double best = 0;
  double least = infinite;
  for (i32 multiple = fewest; fewest > 0 && multiple <= steps.most(); multiple += fewest) {
    const double unshifted = multiple / largest;
    const double exact = std::ldexp(unshifted, shift_of(unshifted));
    const double threshold = std::nearbyint(exact);
    if (threshold > limit) break;
    const double error = std::abs(exact - threshold) / exact;
    if (threshold < 1 || error >= least) continue;
    least = error;
    best = threshold;
    if (error < exactly) break;
  }
  return best;
}

}  // namespace spikefab
