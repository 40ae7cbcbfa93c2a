// Ids are types, so that a core is never passed where an axon is meant.
#pragma once

#include <compare>

#include "base/hd.h"

namespace spikefab {

template <class Tag>
struct Id {
  u32 value = 0;
  auto operator<=>(const Id&) const = default;
};

using CoreId = Id<struct CoreTag>;  // index into Program's cores, or output_bus
using AxonId = Id<struct AxonTag>;  // index of an axon within its core, or line of the output bus

}  // namespace spikefab
