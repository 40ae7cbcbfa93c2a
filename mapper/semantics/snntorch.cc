// snnTorch: Euler steps; without synapse, a reset is applied in the next step (v may be seen above
// its threshold); with one, at once, but once for one crossing (RSynaptic's reset_delay=False).
// Rules: snnTorch's _neurons/*.py and import_nir.py; checked against traces of the NIR paper.
#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

class SnnTorch : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1e-4;
    s.gain = Gain::euler;
    s.current_gain = Gain::euler;
    s.reset_timing = ResetTiming::next_step;
    s.cuba_reset_timing = ResetTiming::no_double;
    return s;
  }

  // It has no r: exports say r = tau / dt, and w_in = tau_syn / dt if there is a w_in.
  Fingerprint recognise(const Network& network) const override {
    const auto dt =
        common_time(network, [](const Neurons& n, u64 i) { return n.tau.at(i) / n.r.at(i); });
    const bool trivial = !dt || all_neurons(network, [](const Neurons& n) {
      return !n.r.given() || (n.r.same_for_all() && n.r.at(0) == 1);
    });
    if (trivial) return {};
    return {3, "r dt = tau in all neurons", dt};
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "snntorch", SnnTorch, "snnTorch: Leaky, Synaptic and the like");

}  // namespace
}  // namespace spikefab
