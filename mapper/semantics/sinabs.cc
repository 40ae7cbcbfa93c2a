// Sinabs: exact decay by tau in steps, input taken as it is, several spikes per step, each
// subtracts a threshold; v >= -v_threshold without tau.
// Rules: Sinabs' nir.py and layers; checked against a trace of the NIR paper.
#include <algorithm>

#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

bool all_zero(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return v == 0; });
}

class Sinabs : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1;
    s.decay = Decay::exact;
    s.synapse_decay = Decay::exact;
    s.gain = Gain::none;
    s.current_gain = Gain::none;
    s.use_r = false;
    s.reset = Reset::subtract;
    s.spikes_per_step = SpikesPerStep::many;
    s.clamp_below = true;
    return s;
  }

  // Neurons without tau or with tau in steps, r = 1, and biases that are all there and all zero.
  Fingerprint recognise(const Network& network) const override {
    const bool plain = all_neurons(network, [](const Neurons& n) {
      const bool type = n.type == NeuronType::integrate_and_fire || has_leak(n.type);
      return type && (!n.tau.given() || n.tau.at(0) >= 1) && n.r.same_for_all() && n.r.at(0) == 1;
    });
    const bool other_weights = any_node(network, [](const Node& node) {
      const bool weights = node.as<Dense>() || node.as<Convolution>();
      return weights && (node.bias.empty() || !all_zero(node.bias));
    });
    const bool some_weights =
        any_node(network, [](const Node& node) { return !node.bias.empty(); });
    if (!plain || other_weights || !some_weights) return {};
    return {2, "r = 1 and all biases are there and zero", {}};
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "sinabs", Sinabs, "Sinabs: IAF, LIF and the like");

}  // namespace
}  // namespace spikefab
