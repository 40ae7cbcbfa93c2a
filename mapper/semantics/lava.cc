// Lava: Euler steps, reset to 0 in the same step, every spike a step in a Dense process. With
// arithmetic=loihi_integer, the fixed point of Loihi that nir-to-lava makes.
// Rules: lava's lif/models.py and nir-to-lava; checked against traces of the NIR paper.
#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

class Lava : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1e-4;
    s.gain = Gain::euler;
    s.current_gain = Gain::euler;
    s.input_delay = 1;
    s.forward_delay = 1;
    return s;
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "lava", Lava, "Lava's LIF, floating point or Loihi's integers");

}  // namespace
}  // namespace spikefab
