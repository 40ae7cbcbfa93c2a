#include "mapper/quantise/scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spikefab {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr u64 max_samples = 1 << 14;  // of a population's weights, to measure errors
constexpr u32 least_squares_cuts = 16;
constexpr double cut_ratio = 0.95;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Of magnitudes, ascending.
double percentile_of(std::span<const float> magnitude, double percent) {
  if (magnitude.empty()) return 0;
  const double rank = std::ceil(percent / 100 * double(magnitude.size()));
  return magnitude[static_cast<u64>(std::max(rank, 1.0)) - 1];
}

std::vector<float> magnitudes(std::span<const float> weights) {
  std::vector<float> magnitude;
  for (const float weight : weights) magnitude.push_back(std::abs(weight));
  std::sort(magnitude.begin(), magnitude.end());
  return magnitude;
}

// The weights of one projection: its largest of both signs and a sample.
struct Projection {
  u64 count = 0;
  LargestWeights weights;
  std::vector<float> sample;
  std::vector<float> magnitude;  // of the sample, ascending
  WeightSteps steps;

  double percentile(double percent) const {
    return percent >= 100 ? weights.largest() : percentile_of(magnitude, percent);
  }

  // The largest shift with which a threshold leaves room.
  i32 roomy_shift(double threshold, double room) const {
    i32 shift = 0;
    while (shift < steps.max_shift && std::ldexp(threshold, shift + 1) <= room) ++shift;
    return shift;
  }
  double roomy_threshold(double cut, double room) const {
    const double threshold = fitting_threshold(steps, weights.cut_at(cut));
    return std::ldexp(threshold, roomy_shift(threshold, room));
  }
};

std::string label(double percent) {
  if (percent >= 100) return "none";
  std::string text = std::to_string(percent);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text + " %";
}

std::vector<Projection> measure(const RelativeWeights& weights, u32 count, u32 bits) {
  std::vector<Projection> projections(count);
  // A stride that is odd, since weights repeat with powers of two.
  const u64 stride = weights.weight.size() / max_samples | 1;
  for (u64 i = 0; i < weights.neurons(); ++i) {
    weights.for_each_run(i, [&](u32 projection, u64 first, std::span<const float> run) {
      Projection& p = projections[projection];
      p.count += run.size();
      for (u64 k = 0; k < run.size(); ++k) {
        p.weights.add(run[k]);
        if ((first + k) % stride == 0) p.sample.push_back(run[k]);
      }
    });
  }
  for (Projection& p : projections) {
    p.magnitude = magnitudes(p.sample);
    p.steps = WeightSteps::of(bits, p.weights.positive > 0, p.weights.negative > 0);
  }
  return projections;
}

// One threshold for all neurons.
class LayerChooser {
 public:
  LayerChooser(const std::vector<Projection>& projections, std::span<const ScaleLimit> limits,
               const QuantiserOptions& options)
      : projections_(projections), options_(options) {
    for (const ScaleLimit& each : limits) {
      hard_ = std::min(hard_, each.hard);
      room_ = std::min(room_, each.room);
    }
    room_ = std::min(room_, hard_);
  }

  std::vector<LayerScale> choose() {
    if (hard_ < 1) return {};
    for (const Projection& p : projections_) {
      if (p.weights.largest() > 0) try_cuts(p);
    }
    if (tried_.empty()) try_threshold(room_, "no weights");
    std::stable_sort(tried_.begin(), tried_.end(),
                     [](const LayerScale& a, const LayerScale& b) { return a.error < b.error; });
    return std::move(tried_);
  }

 private:
  void try_cuts(const Projection& p) {
    try_common_step(p);  // first, as it wins if others are exact, too
    if (options_.clip_percentile > 0) return try_percentile(p, options_.clip_percentile);
    for (const double percent : {100.0, 99.9, 99.5, 99.0}) try_percentile(p, percent);
    try_least_squares(p);
  }

  void try_common_step(const Projection& p) {
    try_threshold(whole_threshold(p.sample, p.weights.largest(), p.steps, hard_,
                                  [&](double t) { return p.roomy_shift(t, room_); }),
                  "common step");
  }

  void try_percentile(const Projection& p, double percent) {
    const double cut = p.percentile(percent);
    if (cut > 0) try_threshold(p.roomy_threshold(cut, room_), label(percent));
  }

  void try_least_squares(const Projection& p) {
    double cut = p.weights.largest();
    double best = 0;
    double least = infinite;
    for (u32 k = 0; k < least_squares_cuts; ++k) {
      cut *= cut_ratio;
      const double threshold = std::floor(std::min(p.roomy_threshold(cut, room_), hard_));
      if (threshold < 1) continue;
      const double error = evaluate(threshold, "").error;
      if (error >= least) continue;
      least = error;
      best = threshold;
    }
    try_threshold(best, "least squares");
  }

  void try_threshold(double wanted, const std::string& name) {
    const double threshold = std::floor(std::min(wanted, hard_));
    if (threshold < 1) return;
    for (const LayerScale& other : tried_) {
      if (other.threshold[0] == static_cast<i64>(threshold)) return;
    }
    tried_.push_back(evaluate(threshold, name));
  }

  // The shifts with the least error for a threshold.
  LayerScale evaluate(double threshold, const std::string& name) const {
    LayerScale scale;
    scale.threshold = {static_cast<i64>(threshold)};
    scale.clipping = name;
    for (const Projection& p : projections_) {
      scale.steps.push_back(p.steps);
      scale.shift.push_back(0);
      if (p.weights.largest() > 0) add_best_shift(p, threshold, scale);
    }
    return scale;
  }

  // Unless the percentile is given, up to two smaller shifts than hold all weights.
  void add_best_shift(const Projection& p, double threshold, LayerScale& scale) const {
    const bool is_given = options_.clip_percentile > 0;
    const double cut = p.percentile(is_given ? options_.clip_percentile : 100);
    const i32 widest = fitting_shift(p.steps, p.weights.cut_at(cut), threshold);
    double least = infinite;
    for (i32 shift = widest; shift >= std::max(0, widest - (is_given ? 0 : 2)); --shift) {
      const double error = squared_error(p.sample, threshold, shift, p.steps);
      if (error >= least) continue;
      least = error;
      scale.shift.back() = shift;
    }
    scale.error += least * double(p.count) / double(std::max<u64>(p.sample.size(), 1));
    const double unlimited = fitting_threshold(p.steps, p.weights);
    scale.lost_bits = std::max(scale.lost_bits, std::log2(unlimited / threshold));
  }

  const std::vector<Projection>& projections_;
  const QuantiserOptions& options_;
  double hard_ = infinite;
  double room_ = infinite;
  std::vector<LayerScale> tried_;
};

// A threshold for each neuron; the shifts are common.
class NeuronChooser {
 public:
  NeuronChooser(const RelativeWeights& weights, const std::vector<Projection>& projections,
                std::span<const ScaleLimit> limits, const QuantiserOptions& options)
      : weights_(weights), projections_(projections), limits_(limits), options_(options) {}

  std::vector<LayerScale> choose() {
    scale_.clipping = "per neuron";
    for (const Projection& p : projections_) scale_.steps.push_back(p.steps);
    const double usual = choose_shifts();
    for (u64 i = 0; i < weights_.neurons(); ++i) {
      const double room = std::max(limits_[i].room, usual);
      const double cap = std::floor(std::min(limits_[i].hard, room));
      if (cap < 1) return {};
      scale_.threshold.push_back(static_cast<i64>(threshold_of(i, cap)));
    }
    scale_.lost_bits /= double(std::max<u64>(weights_.neurons(), 1));
    return {std::move(scale_)};
  }

 private:
  // So that the median neuron uses its mantissas; returns its threshold.
  double choose_shifts() {
    std::vector<double> rooms;
    for (const ScaleLimit& limit : limits_) rooms.push_back(std::min(limit.room, limit.hard));
    const double room = median(rooms);
    const std::vector<double> usual = usual_weights();
    double threshold = infinite;
    for (std::size_t q = 0; q < projections_.size(); ++q) {
      if (usual[q] == 0) continue;
      threshold = std::min(threshold, projections_[q].roomy_threshold(usual[q], room));
    }
    if (!std::isfinite(threshold)) threshold = room;
    for (std::size_t q = 0; q < projections_.size(); ++q) {
      const Projection& p = projections_[q];
      scale_.shift.push_back(fitting_shift(p.steps, p.weights.cut_at(usual[q]), threshold));
    }
    return threshold;
  }

  // [projection] the median of the neurons' largest weights.
  std::vector<double> usual_weights() const {
    std::vector<std::vector<double>> largest(projections_.size());
    for (u64 i = 0; i < weights_.neurons(); ++i) {
      weights_.for_each_run(i, [&](u32 projection, u64, std::span<const float> run) {
        LargestWeights of_run;
        for (const float weight : run) of_run.add(weight);
        if (of_run.largest() > 0) largest[projection].push_back(of_run.largest());
      });
    }
    std::vector<double> usual;
    for (std::vector<double>& values : largest) usual.push_back(median(std::move(values)));
    return usual;
  }

  // The one with the least error, among thresholds that cut off what is beyond the percentile; or,
  // if none is given, nothing or up to 4 tenths of the largest weight.
  double threshold_of(u64 neuron, double cap) {
    double uncut = infinite;
    std::vector<double> thresholds;
    weights_.for_each_run(neuron, [&](u32 q, u64, std::span<const float> run) {
      LargestWeights largest;
      for (const float weight : run) largest.add(weight);
      if (largest.largest() == 0) return;
      const WeightSteps& steps = scale_.steps[q];
      const i32 shift = scale_.shift[q];
      const double percent = options_.clip_percentile;
      const double cut = percent > 0 ? percentile_of(magnitudes(run), percent) : infinite;
      uncut = std::min(uncut, std::ldexp(fitting_threshold(steps, largest.cut_at(cut)), shift));
      thresholds.push_back(
          whole_threshold(run, largest.largest(), steps, cap, [&](double) { return shift; }));
    });
    if (std::isfinite(uncut) && uncut > cap) scale_.lost_bits += std::log2(uncut / cap);
    const u32 cuts = options_.clip_percentile == 0 && uncut < cap ? 5 : 1;
    for (u32 k = 0; k < cuts; ++k) thresholds.push_back(std::min(uncut / (1 - 0.1 * k), cap));
    return best_of(neuron, thresholds);
  }

  double best_of(u64 neuron, const std::vector<double>& thresholds) const {
    double best = 1;
    double least = infinite;
    for (const double wanted : thresholds) {
      const double threshold = std::floor(wanted);
      if (threshold < 1) continue;
      double error = 0;
      weights_.for_each_run(neuron, [&](u32 q, u64, std::span<const float> run) {
        error += squared_error(run, threshold, scale_.shift[q], scale_.steps[q]);
      });
      if (error >= least) continue;
      least = error;
      best = threshold;
    }
    return best;
  }

  const RelativeWeights& weights_;
  const std::vector<Projection>& projections_;
  const std::span<const ScaleLimit> limits_;
  const QuantiserOptions& options_;
  LayerScale scale_;
};

}  // namespace

std::vector<LayerScale> layer_scales(const RelativeWeights& weights, u32 projections,
                                     std::span<const ScaleLimit> limits, bool per_neuron,
                                     const QuantiserOptions& options) {
  const std::vector<Projection> measured = measure(weights, projections, options.weight_bits);
  for (const Projection& p : measured) {
    const bool too_few_bits = (p.weights.positive > 0 && p.steps.high == 0) ||
                              (p.weights.negative > 0 && p.steps.low == 0);
    if (too_few_bits) return {};
  }
  if (per_neuron) return NeuronChooser(weights, measured, limits, options).choose();
  return LayerChooser(measured, limits, options).choose();
}

}  // namespace spikefab
