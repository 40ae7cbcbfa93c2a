#include "mapper/neuron_coefficients.h"

#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab {
namespace {

double decay_of(Decay decay, double dt, double tau) {
  return decay == Decay::euler ? 1 - dt / tau : std::exp(-dt / tau);
}

double gain_of(Gain gain, Decay decay, double dt, double tau) {
  switch (gain) {
    case Gain::matched:
      return decay == Decay::euler ? dt / tau : -std::expm1(-dt / tau);
    case Gain::euler:
      return dt / tau;
    case Gain::none:
      return 1;
  }
  return 1;
}

class Coefficients {
 public:
  Coefficients(const Node& node, const Semantics& semantics)
      : n_(*node.as<Neurons>()), s_(semantics), count_(node.outputs()) {}

  NeuronCoefficients make() const {
    NeuronCoefficients c;
    if (spikes(n_.type)) c.threshold = each([&](u64 i) { return n_.v_threshold.at(i); });
    if (!has_membrane(n_.type)) return c;
    c.membrane = has_leak(n_.type) ? leaky() : integrator();
    c.reset = each([&](u64 i) { return n_.v_reset.given() ? n_.v_reset.at(i) : 0; });
    if (has_synapse(n_.type)) c.synapse = synapse();
    return c;
  }

 private:
  template <class F>
  std::vector<double> each(const F& f) const {
    std::vector<double> values(count_);
    for (u64 i = 0; i < count_; ++i) values[i] = f(i);
    return values;
  }

  double r(u64 i) const { return s_.use_r ? n_.r.at(i) : 1; }

  LeakyStep integrator() const {
    LeakyStep step;
    step.decay = each([&](u64) { return s_.integrator_decay; });
    step.gain = each([&](u64 i) { return s_.input_gain ? *s_.input_gain : r(i); });
    step.constant = each([](u64) { return 0; });
    return step;
  }

  LeakyStep leaky() const {
    const Gain gain = has_synapse(n_.type) ? s_.current_gain : s_.gain;
    const bool by_number = s_.input_gain && !has_synapse(n_.type);
    const auto lost = [&](u64 i) { return gain_of(Gain::matched, s_.decay, s_.dt, n_.tau.at(i)); };
    LeakyStep step;
    if (gain == Gain::matched && !by_number) {
      step.form = LeakyStep::Form::relax;
      step.decay = each(lost);
      step.gain = each([&](u64 i) { return r(i); });
      step.constant = each([&](u64 i) { return n_.v_leak.at(i); });
      return step;
    }
    step.decay = each([&](u64 i) { return decay_of(s_.decay, s_.dt, n_.tau.at(i)); });
    step.gain = each([&](u64 i) {
      return by_number ? *s_.input_gain : r(i) * gain_of(gain, s_.decay, s_.dt, n_.tau.at(i));
    });
    step.constant = each([&](u64 i) { return lost(i) * n_.v_leak.at(i); });
    return step;
  }

  LeakyStep synapse() const {
    const auto w_in = [&](u64 i) { return s_.use_w_in ? n_.w_in.at(i) : 1; };
    LeakyStep step;
    step.constant = each([](u64) { return 0; });
    if (s_.gain == Gain::matched) {
      step.form = LeakyStep::Form::relax;
      step.decay = each(
          [&](u64 i) { return gain_of(Gain::matched, s_.synapse_decay, s_.dt, n_.tau_syn.at(i)); });
      step.gain = each(w_in);
      return step;
    }
    step.decay = each([&](u64 i) { return decay_of(s_.synapse_decay, s_.dt, n_.tau_syn.at(i)); });
    step.gain = each([&](u64 i) {
      return w_in(i) * gain_of(s_.gain, s_.synapse_decay, s_.dt, n_.tau_syn.at(i));
    });
    return step;
  }

  const Neurons& n_;
  const Semantics& s_;
  u64 count_;
};

LeakyStep summed(LeakyStep step) {
  if (step.form == LeakyStep::Form::sum) return step;
  step.form = LeakyStep::Form::sum;
  for (u64 i = 0; i < step.decay.size(); ++i) {
    step.gain[i] *= step.decay[i];
    step.constant[i] *= step.decay[i];
    step.decay[i] = 1 - step.decay[i];
  }
  return step;
}

}  // namespace

NeuronCoefficients neuron_coefficients(const Node& node, const Semantics& semantics) {
  constexpr u64 numbers = 16;  // doubles at making, then as many floats or fewer
  check_available_memory(checked_product({node.outputs(), numbers * sizeof(double)}),
                         "a population of neurons");
  return Coefficients(node, semantics).make();
}

NeuronCoefficients summed(NeuronCoefficients coefficients) {
  coefficients.membrane = summed(std::move(coefficients.membrane));
  coefficients.synapse = summed(std::move(coefficients.synapse));
  return coefficients;
}

}  // namespace spikefab
