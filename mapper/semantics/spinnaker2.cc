// SpiNNaker2 (py-spinnaker2 by s2-nir): exact decay, 8 bit weights cut towards zero, biases added
// to v, every spike a step on its way.
// Rules: s2-nir; checked against a trace and rasters of the NIR paper.
#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

class Spinnaker2 : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1;
    s.decay = Decay::exact;
    s.synapse_decay = Decay::exact;
    s.input_delay = 1;
    s.forward_delay = 1;
    s.arithmetic = Arithmetic::int8_weights;
    return s;
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "spinnaker2", Spinnaker2, "SpiNNaker2 by s2-nir");

}  // namespace
}  // namespace spikefab
