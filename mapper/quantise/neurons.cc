#include "mapper/quantise/neurons.h"

#include <algorithm>
#include <cmath>

#include "base/suggest.h"
#include "mapper/neuron_coefficients.h"

namespace spikefab {
namespace {

class DriveMaker {
 public:
  DriveMaker(const Node& node, const std::string& path, const Semantics& semantics,
             const ChipNeurons& model, const ChipNeuronRange& range, Problems& problems,
             std::vector<std::string>& notes)
      : node_(node),
        place_(node.place.empty() ? path + ": node '" + printable(node.name) + "'" : node.place),
        neurons_(*node.as<Neurons>()),
        semantics_(semantics),
        model_(model),
        whole_(i32{1} << range.decay_bits),
        coefficients_(summed(neuron_coefficients(node, semantics))),
        problems_(problems),
        notes_(notes) {}

  LayerDrive make(const ChipConnections& connections, const QuantisedLayer& layer) {
    drive_.rules = rules();
    if (!check_rules()) return std::move(drive_);
    resize(layer.size);
    for (u64 i = 0; i < layer.size; ++i) {
      const double constant = connections.constant[layer.first + i];
      const double late = connections.late_constant[layer.first + i];
      if (has_membrane(neurons_.type)) {
        set_membrane(i, constant, late);
      } else {
        set_stateless(i, constant);
      }
    }
    check_thresholds();
    report_lost_leaks();
    if (has_late_ && connections.late_steps != 1) {
      note("the bias of its recurrent branch is there from the second step on, not from step " +
           std::to_string(connections.late_steps));
    }
    return std::move(drive_);
  }

 private:
  void note(const std::string& text) {
    notes_.push_back("'" + printable(node_.name) + "': " + text);
  }

  NeuronRules rules() const {
    const bool cuba = has_synapse(neurons_.type);
    NeuronRules rules;
    rules.type = neurons_.type;
    rules.leaks = has_leak(neurons_.type) || semantics_.integrator_decay != 1;
    rules.reset = semantics_.reset;
    rules.timing = cuba ? semantics_.cuba_reset_timing : semantics_.reset_timing;
    rules.many = semantics_.spikes_per_step == SpikesPerStep::many;
    rules.clamp = semantics_.clamp_below && neurons_.type == NeuronType::integrate_and_fire;
    if (!has_membrane(neurons_.type)) {
      rules = {.type = neurons_.type};
    } else if (!rules.spikes()) {
      rules = {.type = neurons_.type, .leaks = rules.leaks};
    }
    return rules;
  }

  bool check_rules() {
    const std::optional<Refusal> refusal = model_.refusal(drive_.rules);
    if (!refusal) return true;
    problems_.add(
        {place_, std::string(name_of(neurons_.type)) + " " + refusal->what, refusal->hint});
    return false;
  }

  void resize(u64 size) {
    drive_.decay.assign(size, whole_);
    drive_.current_decay.assign(size, whole_);
    for (auto* values : {&drive_.factor, &drive_.carry, &drive_.leak}) values->assign(size, 1);
    for (auto* values :
         {&drive_.threshold, &drive_.bias, &drive_.first_potential, &drive_.first_current}) {
      values->assign(size, 0);
    }
  }

  // x > threshold; below 0, by a bias that lifts both.
  void set_stateless(u64 i, double constant) {
    const double threshold = coefficients_.threshold[i];
    drive_.bias[i] = constant + std::max(0.0, -threshold);
    drive_.threshold[i] = std::max(0.0, threshold);
  }

  // The nearest share that the chip can lose per tick, and by how much more or less than wanted.
  struct ChipDecay {
    i32 lost = 0;
    double share = 0;
    double ratio = 1;  // of the share to the one wanted; 1 if either is 0
  };

  ChipDecay chip_decay(double kept, const char* what, double& error, u64& too_long) {
    const double wanted = 1 - kept;
    if (!(wanted >= 0 && wanted <= 1)) {
      if (!has_bad_decay_) {
        problems_.add(
            {place_, std::string(what) + " keeps " + std::to_string(kept) + " of itself in a step",
             "a chip keeps 0..1 of it: choose a smaller dt than tau, or decay=exact"});
      }
      has_bad_decay_ = true;
      return {};
    }
    ChipDecay decay;
    decay.lost = static_cast<i32>(std::lround(wanted * whole_));
    decay.share = double(decay.lost) / whole_;
    if (wanted == 0) return decay;
    error = std::max(error, std::abs(decay.share - wanted) / wanted);
    if (decay.lost == 0) {
      ++too_long;
    } else {
      decay.ratio = decay.share / wanted;
    }
    return decay;
  }

  // Gains grow as the decays do, so that a constant input leads to the same potential in the end.
  void set_membrane(u64 i, double constant, double late) {
    const LeakyStep& c = coefficients_.membrane;
    const ChipDecay membrane =
        chip_decay(c.decay[i], "the potential", drive_.decay_error, lost_leaks_);
    const double gain = c.gain[i] * membrane.ratio;
    const double kept = 1 - membrane.share;
    drive_.decay[i] = membrane.lost;
    drive_.leak[i] = membrane.share;
    drive_.factor[i] = gain;
    drive_.bias[i] = gain * constant + c.constant[i] * membrane.ratio;
    if (has_synapse(neurons_.type)) {
      set_synapse(i, gain, constant, late, c.constant[i] * membrane.ratio);
    } else if (late != 0 && kept > 0) {
      has_late_ = true;
      drive_.first_potential[i] -= gain * late / kept;
    }
    if (drive_.rules.spikes()) set_threshold(i);
  }

  // The chip adds a bias to the potential, not to the current; the difference is what the current
  // has not reached yet, which dies away as the current does: it begins with that, negative.
  void set_synapse(u64 i, double gain, double constant, double late, double leak_bias) {
    const LeakyStep& c = coefficients_.synapse;
    const ChipDecay synapse = chip_decay(c.decay[i], "the synaptic current",
                                         drive_.synapse_decay_error, lost_synapse_leaks_);
    const double factor = gain * c.gain[i] * synapse.ratio;
    const double kept = 1 - synapse.share;
    drive_.current_decay[i] = synapse.lost;
    drive_.factor[i] = factor;
    if (synapse.share == 0) {
      if (constant != 0) {
        problems_.add({place_,
                       "has a bias, but a tau_syn so long that the chip's current keeps all",
                       "choose a longer dt"});
      }
      drive_.carry[i] = 1e6;
      return;
    }
    drive_.carry[i] = 1 / synapse.share;
    drive_.bias[i] = factor * constant / synapse.share + leak_bias;
    drive_.first_current[i] = -factor * constant / synapse.share;
    if (late != 0 && kept > 0) {
      has_late_ = true;
      drive_.first_current[i] -= factor * late / kept;
    }
  }

  void set_threshold(u64 i) {
    drive_.threshold[i] = coefficients_.threshold[i];
    if (drive_.rules.reset == Reset::subtract) return;
    const double reset = coefficients_.reset[i];
    drive_.threshold[i] -= reset;
    drive_.first_potential[i] -= reset;
    drive_.bias[i] -= drive_.leak[i] * reset;
    has_shift_ |= reset != 0;
  }

  void check_thresholds() {
    if (!drive_.rules.spikes()) return;
    const bool subtracts = drive_.rules.reset == Reset::subtract;
    for (u64 i = 0; i < drive_.threshold.size(); ++i) {
      const double threshold = drive_.threshold[i];
      if (threshold > 0 || (threshold == 0 && !subtracts)) continue;
      problems_.add(
          {place_,
           "neuron " + std::to_string(i) +
               " has v_threshold = " + std::to_string(coefficients_.threshold[i]) +
               (subtracts ? "" : " and v_reset = " + std::to_string(coefficients_.reset[i])),
           subtracts ? "a chip needs v_threshold > 0 to subtract it"
                     : "a chip needs v_threshold >= v_reset"});
      return;
    }
    if (drive_.rules.clamp && has_shift_) {
      problems_.add({place_, "has a v_reset other than 0 and a potential limited at -v_threshold",
                     "a chip's neurons do one of both: choose clamp_below=no"});
    }
  }

  void report_lost_leaks() {
    if (lost_leaks_ > 0) {
      note("tau of " + std::to_string(lost_leaks_) +
           " neurons is so long that the chip's potential does not leak; a longer dt makes it");
    }
    if (lost_synapse_leaks_ > 0) {
      note("tau_syn of " + std::to_string(lost_synapse_leaks_) +
           " neurons is so long that the chip's current does not decay; a longer dt makes it");
    }
  }

  const Node& node_;
  const std::string place_;
  const Neurons& neurons_;
  const Semantics& semantics_;
  const ChipNeurons& model_;
  const i32 whole_;
  const NeuronCoefficients coefficients_;
  Problems& problems_;
  std::vector<std::string>& notes_;
  LayerDrive drive_;
  bool has_bad_decay_ = false;
  bool has_late_ = false;
  bool has_shift_ = false;
  u64 lost_leaks_ = 0;
  u64 lost_synapse_leaks_ = 0;
};

}  // namespace

LayerDrive make_layer_drive(const Network& network, const Semantics& semantics,
                            const ChipNeurons& model, const ChipNeuronRange& range,
                            const ChipConnections& connections, const QuantisedLayer& layer,
                            Problems& problems, std::vector<std::string>& notes) {
  return DriveMaker(network.nodes[layer.node], network.path, semantics, model, range, problems,
                    notes)
      .make(connections, layer);
}

}  // namespace spikefab
