// The networks that benchmarks run: RANC's MNIST case from the shared data, and random chips with a
// chosen activity.
#pragma once

#include <optional>
#include <string>

#include "mapper/importers/ranc.h"

namespace spikefab::benchmarks {

// mnist100 on one of RANC's grids ("12core", "128core", "512core"), the 100 images repeated to
// `ticks`; nothing if the data folder ($SPIKEFAB_DATA or ../shared/data) lacks it. IdleCores::kept
// runs every core of the grid, as RANC does, instead of the five that are programmed.
std::optional<Imported> mnist100(const std::string& grid, IdleCores idle, u64 ticks);

// `cores` of 256 x 256, half of the synapses connected, weights 1, -1, 2, -2, and in every tick
// `percent` % of the axons of every core hit by the stimulus; the neurons' spikes go to the bus.
Imported active_chip(u32 cores, u32 percent, u64 ticks);

}  // namespace spikefab::benchmarks
