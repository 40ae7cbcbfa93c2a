// Norse: Euler steps, reset to v_reset in the same step; neurons without tau take x as it is; a
// recurrent branch is left out until there is a first output (NIRTorch).
// Rules: Norse's lif_box, leaky_integrator_box, iaf and import_nir.py; checked against the traces
// and rasters of the NIR paper.
#include <algorithm>
#include <cctype>

#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

bool is_number(const std::string& name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return std::isdigit(static_cast<unsigned char>(c)); });
}

class Norse : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1e-3;
    s.recurrent_bias_at_start = false;
    return s;
  }

  // torch.nn.Sequential's names, r = 1, time constants in seconds.
  Fingerprint recognise(const Network& network) const override {
    const bool numbered = !any_node(network, [](const Node& node) {
      return !node.as<Input>() && !node.as<Output>() && !is_number(node.name);
    });
    const bool leaky = all_neurons(network, [](const Neurons& n) {
      return has_leak(n.type) && n.tau.at(0) < 1 && n.r.same_for_all() && n.r.at(0) == 1;
    });
    if (!numbered || !leaky) return {};
    return {1, "nodes are numbered, r = 1 and tau is below a second", {}};
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "norse", Norse, "Norse: LIFBox, IAF and the like");

}  // namespace
}  // namespace spikefab
