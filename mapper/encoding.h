// Which encoder turns images into spikes, with which parameters: chosen by name, checked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/param_values.h"

namespace spikefab {

struct Encoding {
  std::string encoder = "threshold";  // registered name
  std::vector<i32> params;            // one per entry of the encoder's params()
  u32 ticks = 1;                      // per image
};

// The encoder's defaults with `params` in their place. What is wrong is added to `problems`, at
// place_of("encoder.name"), place_of("encoder.params") or place_of("encoder.params.NAME"); the
// result is then not to be used. The caller has checked that there is a tick.
Encoding make_encoding(const std::string& encoder, u32 ticks,
                       const std::map<std::string, i32>& params, const PlaceOf& place_of,
                       Problems& problems);

}  // namespace spikefab
