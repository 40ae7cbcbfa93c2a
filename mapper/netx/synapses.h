// The synapses of a NetX layer, neuron by neuron, and the format that holds their values exactly.
#pragma once

#include <optional>
#include <vector>

#include "arch/chip.h"
#include "mapper/netx/netx.h"
#include "mapper/quantise/quantiser.h"

namespace spikefab {

struct NetxSynapse {
  u32 source = 0;  // element of the layer before; of recurrent ones: neuron of this layer
  i32 weight = 0;  // in the file; not 0
};

// Appends those into a neuron, by source. `before` is the layer that it reads, of any type. An
// input reads one element of the network's input per neuron.
void add_netx_synapses(const NetxLayer& before, const NetxLayer& layer, u64 neuron,
                       std::vector<NetxSynapse>& synapses);
void add_recurrent_synapses(const NetxLayer& layer, u64 neuron, std::vector<NetxSynapse>& synapses);

// How many a neuron of the layer can have, recurrent ones included.
u64 netx_fan_in(const NetxLayer& layer);

// What a spike adds to the neuron's input: floor(weight * 2^exponent).
i64 netx_value(i32 weight, i32 exponent);

// The values of all synapses between two layers.
struct ValueRange {
  i64 low = 0;
  i64 high = 0;
  u64 bits = 0;  // that are set in any magnitude
  u64 count = 0;

  void add(i64 value);
  u32 common_zeros() const;  // low bits that are 0 in all
};

// The fewest bits that hold all of them without rounding; mantissa = value / 2^exponent. Nothing if
// the chip's synapses cannot.
std::optional<WeightFormat> exact_format(const ValueRange& values, SynapseStorage storage);

}  // namespace spikefab
