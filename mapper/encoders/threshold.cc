// Binary: a pixel spikes in every tick if its value reaches the threshold, or never.
#include "mapper/encoder.h"

namespace spikefab {
namespace {

class Threshold : public Encoder {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"threshold", 128, 1, 255, "", "pixels of at least this value spike"}};
  }

  void encode(std::span<const u8> pixels, const Presentation&, std::span<const i32> params,
              std::vector<u32>& spikes) const override {
    for (u32 pixel = 0; pixel < pixels.size(); ++pixel) {
      if (pixels[pixel] >= params[0]) spikes.push_back(pixel);
    }
  }
};

SPIKEFAB_REGISTER(Encoder, "threshold", Threshold, "bright pixels spike in every tick");

}  // namespace
}  // namespace spikefab
