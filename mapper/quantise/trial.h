// Spikes of a quantised network against those of the float simulation, on calibration runs.
#pragma once

#include <vector>

#include "mapper/quantise/quantiser.h"

namespace spikefab {

// [layer] spikes in all runs; 0 for those that give values. Runs must name Inputs and elements that
// exist (InputError).
std::vector<double> count_float_spikes(const Network& network, const Semantics& semantics,
                                       const std::vector<QuantisedLayer>& layers,
                                       const std::vector<CalibrationRun>& runs);
std::vector<double> count_chip_spikes(const QuantisedNetwork& network,
                                      const std::vector<CalibrationRun>& runs);

// |chip - float| / float, of one layer.
double spike_error(double chip, double in_float);

}  // namespace spikefab
