// Choosing the scale of a population: how many units of the chip its threshold is, and with which
// exponents its weights are stored.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mapper/quantise/quantiser.h"
#include "mapper/quantise/steps.h"

namespace spikefab {

// The weights into a population, relative: what a spike adds to a neuron, in thresholds of that
// neuron (or, if it has none, in the largest weights). By neuron, then projection: runs.
struct RelativeWeights {
  std::span<const float> weight;
  std::vector<u64> run_begin = {0};       // [run + 1] into weight
  std::vector<u32> projection;            // [run]
  std::vector<u64> runs_of_neuron = {0};  // [neuron + 1] into runs

  u64 neurons() const { return runs_of_neuron.size() - 1; }

  // Calls visit(projection, index of its first weight, its weights) for each run of a neuron.
  template <class Visit>
  void for_each_run(u64 neuron, const Visit& visit) const {
    for (u64 r = runs_of_neuron[neuron]; r < runs_of_neuron[neuron + 1]; ++r) {
      visit(projection[r], run_begin[r],
            weight.subspan(run_begin[r], run_begin[r + 1] - run_begin[r]));
    }
  }
};

// What bounds the threshold of a neuron, in the chip's unit of weights.
struct ScaleLimit {
  double hard = 0;
  double room = 0;       // exceeded rather than losing bits of weights
  const char* why = "";  // what makes `hard` so small
};

struct LayerScale {
  std::vector<i64> threshold;      // in units of weights; one, or one per neuron
  std::vector<i32> shift;          // [projection] a weight is a multiple of 2^shift
  std::vector<WeightSteps> steps;  // [projection]
  std::string clipping;            // as in LayerReport
  double error = 0;                // sum of squares, of relative weights
  double lost_bits = 0;            // of the mantissa, as `hard` does not let the weights use them

  i64 threshold_of(u64 neuron) const {
    return threshold.size() == 1 ? threshold[0] : threshold[neuron];
  }
  // The nearest for a relative weight.
  i32 step_of(float weight, u64 neuron, u32 projection) const {
    return nearest_step(weight, double(threshold_of(neuron)), shift[projection], steps[projection]);
  }
};

// Every way to scale that was tried, the one with the least error first; none if there is no
// threshold of at least 1, or too few bits for both signs. `limits`: of each neuron.
std::vector<LayerScale> layer_scales(const RelativeWeights& weights, u32 projections,
                                     std::span<const ScaleLimit> limits, bool per_neuron,
                                     const QuantiserOptions& options);

}  // namespace spikefab
