// The synapses of a population as the chip stores them, once its scale is chosen.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "mapper/quantise/connections.h"
#include "mapper/quantise/scale.h"

namespace spikefab {

// Appends the synapses into a layer to those of the layers before, sets their formats and reports
// on its projections. weight_unit: [neuron] what relative weights are multiplied with to be those
// of the network. Adds a problem, at `place`, if all weights of a projection become 0.
void write_synapses(const RelativeWeights& weights, const LayerScale& scale,
                    const std::vector<double>& weight_unit, const ChipConnections& connections,
                    u32 layer, QuantisedNetwork& network, LayerReport& report,
                    const std::string& place, Problems& problems);

}  // namespace spikefab
