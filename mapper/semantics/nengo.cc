// Nengo: exact membrane, synapses with the time constant whose exact decay is that of an Euler
// step, reset to 0 in the same step.
// Rules: the conversion of the NIR paper; checked against its trace.
#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

class Nengo : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1e-3;
    s.decay = Decay::exact;
    s.arithmetic = Arithmetic::float64;
    return s;
  }

  Fingerprint recognise(const Network& network) const override {
    const auto ends = [&](std::string_view end) {
      return any_node(network, [&](const Node& node) { return node.name.ends_with(end); });
    };
    if (!ends("_weights")) return {};
    return {2, "nodes are called *_weights", {}};
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "nengo", Nengo, "Nengo: LIF and Lowpass");

}  // namespace
}  // namespace spikefab
