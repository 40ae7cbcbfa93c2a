// How a network lies on its chip, and what that cost, as tables.
#pragma once

#include "cli/result.h"
#include "mapper/assemble_network.h"

namespace spikefab::cli {

// Totals, the fullest core of each resource, the first cores; of each layer scale, clipped weights,
// errors and margins; of each projection format, clipped and lost weights, error.
Json mapping_report(const QuantiserReport& report, const MappedNetwork& mapped);

}  // namespace spikefab::cli
