// Rockpool: exact decays, several spikes per step, each subtracts a threshold; weights hold dt/tau.
// Rules: Rockpool's LIFTorch and its NIR export; checked against a trace of the NIR paper.
#include <cmath>

#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

class Rockpool : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1e-3;
    s.decay = Decay::exact;
    s.synapse_decay = Decay::exact;
    s.gain = Gain::euler;
    s.current_gain = Gain::euler;
    s.reset = Reset::subtract;
    s.spikes_per_step = SpikesPerStep::many;
    return s;
  }

  // Its exports say r = tau exp(-dt / tau) / dt: with q = dt / tau, r q = exp(-q), which Newton's
  // method solves for the one q.
  Fingerprint recognise(const Network& network) const override {
    const bool named = any_node(network, [](const Node& node) {
      return node.name.ends_with("NeuronTorch") || node.name.ends_with("LIFTorch");
    });
    if (!named) return {};
    const auto dt = common_time(network, [](const Neurons& n, u64 i) {
      double q = 0;
      for (int k = 0; k < 50; ++k) {
        q -= (n.r.at(i) * q - std::exp(-q)) / (n.r.at(i) + std::exp(-q));
      }
      return q * n.tau.at(i);
    });
    return {5, "nodes are called *Torch and r = tau exp(-dt / tau) / dt", dt};
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "rockpool", Rockpool, "Rockpool: LIFTorch and the like");

}  // namespace
}  // namespace spikefab
