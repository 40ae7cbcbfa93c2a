// Turns pixel values into spikes, tick by tick. One encoder is one new file in mapper/encoders/,
// registered by name. Integer arithmetic only: the same spikes on every machine.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/params.h"
#include "base/registry.h"

namespace spikefab {

// Which tick of which presentation: tick 0 .. ticks-1 of image `image` (counted through a data set,
// so that a random encoder gives an image the same spikes whatever else is run).
struct Presentation {
  u64 image = 0;
  u32 tick = 0;
  u32 ticks = 1;
};

class Encoder {
 public:
  static constexpr std::string_view kind = "encoder";
  virtual ~Encoder() = default;

  virtual std::vector<ParamSpec> params() const = 0;

  // What must hold between parameters, such as "low must be below high", if it does not; else "".
  virtual std::string broken_rule(std::span<const i32>) const { return ""; }

  // Appends the indices of the pixels that spike, ascending. `params` holds one value per entry of
  // params(), each within its range, and break no rule.
  virtual void encode(std::span<const u8> pixels, const Presentation& presentation,
                      std::span<const i32> params, std::vector<u32>& spikes) const = 0;
};

}  // namespace spikefab
