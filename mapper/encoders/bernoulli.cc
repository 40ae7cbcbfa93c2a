// Random rate: in each tick, a pixel of value v spikes with probability (v - low) / (high - low).
// The draw is a pure function of (seed, image, pixel, tick).
#include <limits>

#include "base/random.h"
#include "mapper/encoder.h"

namespace spikefab {
namespace {

class Bernoulli : public Encoder {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"low", 0, 0, 254, "", "pixels of at most this value never spike"},
            {"high", 255, 1, 255, "", "pixels of at least this value spike in every tick"},
            {"seed", 0, 0, std::numeric_limits<i32>::max(), "", "of the random numbers"}};
  }

  std::string broken_rule(std::span<const i32> params) const override {
    return params[0] < params[1] ? "" : "low must be below high";
  }

  // Spikes if random / 2^32 < (v - low) / (high - low), which is exact in 64 bits.
  void encode(std::span<const u8> pixels, const Presentation& presentation,
              std::span<const i32> params, std::vector<u32>& spikes) const override {
    const u64 range = static_cast<u64>(params[1] - params[0]);
    const u64 seed = static_cast<u64>(params[2]);
    const u32 image_low = static_cast<u32>(presentation.image);
    const u32 image_high = static_cast<u32>(presentation.image >> 32);
    for (u32 pixel = 0; pixel < pixels.size(); ++pixel) {
      if (pixels[pixel] <= params[0]) continue;
      const u64 part = static_cast<u64>(pixels[pixel] - params[0]);
      const u64 random = random_u32(seed, image_low, image_high, pixel, presentation.tick);
      if (random * range < part << 32) spikes.push_back(pixel);
    }
  }
};

SPIKEFAB_REGISTER(Encoder, "bernoulli", Bernoulli, "brighter pixels spike more often, at random");

}  // namespace
}  // namespace spikefab
