// Spyx: a step first spikes by v of the step before, then updates and subtracts the threshold; so
// outputs are one step late. No r.
// Rules: Spyx's nn.py and nir.py; checked against the traces and rasters of the NIR paper.
#include "mapper/semantics/recognise.h"

namespace spikefab {
namespace {

class Spyx : public SemanticsPreset {
 public:
  Semantics values() const override {
    Semantics s;
    s.dt = 1;
    s.gain = Gain::euler;
    s.current_gain = Gain::none;
    s.use_r = false;
    s.reset = Reset::subtract;
    s.reset_timing = ResetTiming::next_step;
    s.output_delay = 1;
    return s;
  }

  // Its exports say r = beta = 1 - dt / tau with dt = 1.
  Fingerprint recognise(const Network& network) const override {
    const auto dt =
        common_time(network, [](const Neurons& n, u64 i) { return n.tau.at(i) * (1 - n.r.at(i)); });
    if (!dt || !close_to(*dt, 1)) return {};
    return {4, "r = 1 - 1 / tau in all neurons", 1};
  }
};

SPIKEFAB_REGISTER(SemanticsPreset, "spyx", Spyx, "Spyx: LIF, CuBaLIF and the like");

}  // namespace
}  // namespace spikefab
