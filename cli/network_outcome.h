// What a network made of one recording, in float or on a chip.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/network_inputs.h"
#include "mapper/assemble_network.h"
#include "mapper/semantics.h"
#include "sim/engine.h"

namespace spikefab::cli {

struct NetworkOutcome {
  std::vector<double> output;  // elements of all Outputs, summed over the steps
  std::vector<double> spikes;  // of each population that spikes, by name as in population_names()
};

// Populations that spike, in the order of the network's nodes.
std::vector<std::string> population_names(const Network& network);

// The element with the largest output, of equals the first; none if all are equal, as those of a
// network that is silent.
std::optional<u32> answer(const NetworkOutcome& outcome);

// Shows recordings one by one, from the state before the first step each.
NetworkOutcome run_in_float(const Network& network, const Semantics& semantics,
                            const ShownRecording& recording);

// Recordings 0 .. count-1, each loaded when it is needed.
struct RecordingSource {
  u64 count = 0;
  std::function<ShownRecording(u64 index)> load;
};

// Shows all recordings on the chip, several at a time as replicas, and calls on_outcome for each in
// order; stops early at a signal. `populations`: those whose spikes are counted. Returns the counts
// of all loads [sim::Count].
std::vector<u64> run_on_chip(
    sim::Engine& engine, const std::vector<std::string>& populations, const MappedNetwork& mapped,
    const RecordingSource& recordings,
    const std::function<void(const ShownRecording&, NetworkOutcome)>& on_outcome);

// What all of them are on the chip, a replica each. Throws UsageError if they are too many for one
// stimulus.
Stimulus stimulus_of_all(const MappedNetwork& mapped, const RecordingSource& recordings);

}  // namespace spikefab::cli
