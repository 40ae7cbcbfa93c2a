// Deterministic rate: of T ticks, a pixel of value v spikes in round(T (v - low) / (high - low)),
// spread evenly over them.
#include "mapper/encoder.h"

namespace spikefab {
namespace {

u32 reversed_bits(u32 v) {
  v = (v >> 1 & 0x55555555) | (v & 0x55555555) << 1;
  v = (v >> 2 & 0x33333333) | (v & 0x33333333) << 2;
  v = (v >> 4 & 0x0f0f0f0f) | (v & 0x0f0f0f0f) << 4;
  v = (v >> 8 & 0x00ff00ff) | (v & 0x00ff00ff) << 8;
  return v >> 16 | v << 16;
}

// The rank of `tick` among 0 .. ticks-1 by van der Corput's sequence (bits reversed), in which each
// stretch of ticks has ranks of all sizes: for 8 ticks 0 4 2 6 1 5 3 7.
u32 rank_of(u32 tick, u32 ticks) {
  const u32 reversed = reversed_bits(tick);
  u32 rank = 0;
  for (u32 other = 0; other < ticks; ++other) rank += reversed_bits(other) < reversed;
  return rank;
}

class Rate : public Encoder {
 public:
  std::vector<ParamSpec> params() const override {
    return {{"low", 0, 0, 254, "", "pixels of at most this value never spike"},
            {"high", 255, 1, 255, "", "pixels of at least this value spike in every tick"}};
  }

  std::string broken_rule(std::span<const i32> params) const override {
    return params[0] < params[1] ? "" : "low must be below high";
  }

  // The thresholds of the ticks are the middles of T equal parts of low .. high; tick t has that of
  // part k = rank_of(t, T): v >= low + (high - low) (2 k + 1) / (2 T).
  void encode(std::span<const u8> pixels, const Presentation& presentation,
              std::span<const i32> params, std::vector<u32>& spikes) const override {
    const i64 low = params[0];
    const i64 high = params[1];
    const i64 twice_ticks = i64{2} * presentation.ticks;
    const i64 rank = rank_of(presentation.tick, presentation.ticks);
    const i64 needed = (high - low) * (2 * rank + 1);
    for (u32 pixel = 0; pixel < pixels.size(); ++pixel) {
      if (twice_ticks * (pixels[pixel] - low) >= needed) spikes.push_back(pixel);
    }
  }
};

SPIKEFAB_REGISTER(Encoder, "rate", Rate, "brighter pixels spike in more ticks, spread evenly");

}  // namespace
}  // namespace spikefab
