// How a network lies on its chip, and what that cost, as tables.
#pragma once

#include "cli/result.h"
#include "mapper/assemble_network.h"

namespace spikefab::cli {

// Totals and the fullest core of each resource, against the limits of the chip.
Json mapping_summary(const MappedNetwork& mapped);

// One row per core.
Json core_rows(const MappedNetwork& mapped, u64 max_rows);

// One row per layer: scale, clipped weights, errors, margins.
Json quantiser_rows(const QuantiserReport& report);

// One row per projection: format, clipped and lost weights, error.
Json projection_rows(const QuantiserReport& report);

}  // namespace spikefab::cli
