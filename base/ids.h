// Ids are types, so that a core index is never passed where a neuron index is meant.
#pragma once

#include <compare>

#include "base/hd.h"

namespace spikefab {

template <class Tag>
struct Id {
  u32 value = 0;
  auto operator<=>(const Id&) const = default;
};

using CoreId = Id<struct CoreTag>;      // index into Program's cores
using NeuronId = Id<struct NeuronTag>;  // index of a neuron within its core
using AxonId = Id<struct AxonTag>;      // index of an axon within its core

}  // namespace spikefab
