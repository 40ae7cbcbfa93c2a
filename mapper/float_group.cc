// Populations in float32 or float64 (declared in neuron_group.h). One multiplication and addition
// at a time, in the order written here: the same bits on every machine.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/neuron_group.h"

namespace spikefab {

namespace {

constexpr std::size_t block = 64;  // neurons that are looked through at once for a spike

template <class Real>
std::vector<Real> to(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// A LeakyStep in floats.
template <class Real>
class Leaky {
 public:
  explicit Leaky(const LeakyStep& step)
      : relaxes_(step.form == LeakyStep::Form::relax),
        decay_(to<Real>(step.decay)),
        gain_(to<Real>(step.gain)),
        constant_(to<Real>(step.constant)) {}

  std::size_t size() const { return decay_.size(); }

  template <class In>
  void step(std::span<const In> x, std::vector<Real>& y) const {
    const std::size_t n = y.size();
    if (relaxes_) {
      for (std::size_t i = 0; i < n; ++i) {
        y[i] = y[i] + decay_[i] * ((constant_[i] - y[i]) + gain_[i] * x[i]);
      }
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        y[i] = decay_[i] * y[i] + gain_[i] * x[i] + constant_[i];
      }
    }
  }

 private:
  bool relaxes_;
  std::vector<Real> decay_;
  std::vector<Real> gain_;
  std::vector<Real> constant_;
};

template <class Real>
class FloatGroup : public NeuronGroup {
 public:
  FloatGroup(const Node& node, const Semantics& semantics, const NeuronCoefficients& c,
             std::vector<double> potential_unit)
      : place_(node.place.empty() ? "node '" + printable(node.name) + "'" : node.place),
        type_(node.as<Neurons>()->type),
        reset_mode_(semantics.reset),
        timing_(has_synapse(type_) ? semantics.cuba_reset_timing : semantics.reset_timing),
        many_(semantics.spikes_per_step == SpikesPerStep::many && has_membrane(type_)),
        clamp_(semantics.clamp_below && type_ == NeuronType::integrate_and_fire),
        membrane_(c.membrane),
        synapse_(c.synapse),
        threshold_(to<Real>(c.threshold)),
        reset_(to<Real>(c.reset)),
        potential_unit_(std::move(potential_unit)),
        v_(node.outputs()),
        current_(synapse_.size()) {
    check_threshold();
  }

  void reset() override {
    std::fill(v_.begin(), v_.end(), Real{0});
    std::fill(current_.begin(), current_.end(), Real{0});
  }

  void step(std::span<const float> input, Signal& out) override {
    out.clear();
    if (!has_membrane(type_)) {
      std::copy(input.begin(), input.end(), v_.begin());
      return fire(out, [](u32) {});
    }
    const bool late = timing_ != ResetTiming::same_step && spikes(type_);
    if (late) find_above();
    integrate(input);
    if (late) reset_those_above();
    if (!spikes(type_)) return give_values(out);
    if (clamp_) clamp_below();
    switch (timing_) {
      case ResetTiming::same_step:
        return fire(out, [&](u32 i) { reset_neuron(i, out.value[i]); });
      case ResetTiming::next_step:
        return fire(out, [](u32) {});
      case ResetTiming::no_double:
        fire(out, [&](u32 i) {
          if (!above_[i]) reset_neuron(i, 1);
        });
        return undo_double();
    }
  }

  std::vector<double> potential() const override {
    std::vector<double> v(v_.begin(), v_.end());
    for (std::size_t i = 0; i < potential_unit_.size(); ++i) v[i] *= potential_unit_[i];
    return v;
  }

  std::vector<double> current() const override { return {current_.begin(), current_.end()}; }

 private:
  void check_threshold() const {
    if (!many_ || !spikes(type_)) return;
    for (const Real threshold : threshold_) {
      if (threshold > 0) continue;
      throw InputError(place_, "v_threshold is not above 0",
                       "spikes_per_step=many divides by it; choose spikes_per_step=one");
    }
  }

  void integrate(std::span<const float> input) {
    if (current_.empty()) return membrane_.step(input, v_);
    synapse_.step(input, current_);
    membrane_.step(std::span<const Real>(current_), v_);
  }

  void find_above() {
    above_.resize(v_.size());
    for (std::size_t i = 0; i < v_.size(); ++i) above_[i] = v_[i] > threshold_[i];
  }

  void reset_those_above() {
    for (u32 i = 0; i < v_.size(); ++i) {
      if (above_[i]) reset_neuron(i, 1);
    }
  }

  // snnTorch subtracts (spike - reset) thresholds after the step: a reset at its begin without a
  // spike at its end is taken back.
  void undo_double() {
    if (reset_mode_ != Reset::subtract) return;
    for (std::size_t i = 0; i < v_.size(); ++i) {
      if (above_[i] && !(v_[i] > threshold_[i])) v_[i] += threshold_[i];
    }
  }

  void reset_neuron(u32 i, Real count) {
    if (reset_mode_ == Reset::to_value) {
      v_[i] = reset_[i];
    } else {
      v_[i] -= count * threshold_[i];
    }
  }

  void clamp_below() {
    for (std::size_t i = 0; i < v_.size(); ++i) v_[i] = std::max(v_[i], -threshold_[i]);
  }

  float spikes_of(u32 i) const {
    if (!many_) return v_[i] > threshold_[i] ? 1.0f : 0.0f;
    if (v_[i] < threshold_[i]) return 0;
    return static_cast<float>(std::floor(v_[i] / threshold_[i]));
  }

  // Looks through blocks first, since most neurons do not spike.
  template <class AfterSpike>
  void fire(Signal& out, const AfterSpike& after_spike) {
    for (std::size_t begin = 0; begin < v_.size(); begin += block) {
      const std::size_t end = std::min(begin + block, v_.size());
      int any = 0;
      for (std::size_t i = begin; i < end; ++i) any |= !(v_[i] < threshold_[i]);
      int finite = 1;
      for (std::size_t i = begin; i < end; ++i) finite &= v_[i] - v_[i] == 0;
      if (!finite) report_not_finite();
      if (!any) continue;
      for (std::size_t i = begin; i < end; ++i) {
        const float count = spikes_of(static_cast<u32>(i));
        if (count == 0) continue;
        out.set(static_cast<u32>(i), count);
        after_spike(static_cast<u32>(i));
      }
    }
  }

  void give_values(Signal& out) {
    for (u32 i = 0; i < v_.size(); ++i) {
      if (v_[i] - v_[i] != 0) report_not_finite();
      if (v_[i] != 0) out.set(i, static_cast<float>(v_[i]));
    }
  }

  [[noreturn]] void report_not_finite() const {
    throw InputError(place_, "a potential is beyond what a float holds",
                     "weights, input or time constants make it grow for ever");
  }

  std::string place_;
  NeuronType type_;
  Reset reset_mode_;
  ResetTiming timing_;
  bool many_;
  bool clamp_;
  Leaky<Real> membrane_;
  Leaky<Real> synapse_;
  std::vector<Real> threshold_;
  std::vector<Real> reset_;
  std::vector<double> potential_unit_;
  std::vector<Real> v_;
  std::vector<Real> current_;
  std::vector<u8> above_;  // v was above its threshold when the step began
};

}  // namespace

std::unique_ptr<NeuronGroup> make_float_group(const Node& node, const Semantics& semantics,
                                              const NeuronCoefficients& coefficients,
                                              std::vector<double> potential_unit) {
  if (semantics.arithmetic == Arithmetic::float64) {
    return std::make_unique<FloatGroup<double>>(node, semantics, coefficients,
                                                std::move(potential_unit));
  }
  return std::make_unique<FloatGroup<float>>(node, semantics, coefficients,
                                             std::move(potential_unit));
}

}  // namespace spikefab
