// A RANC network of a test as what the importer makes of its JSON text.
#pragma once

#include "mapper/importers/ranc.h"
#include "tests/support/ranc_network.h"

namespace spikefab::test {

// All replicas as one batch. Their packets travel in one file, one after the other, so that the
// program holds every core that any of them aims at.
Imported load_network(const RancNetwork& network, IdleCores idle = IdleCores::left_out,
                      std::mt19937_64* shuffle = nullptr);

// One replica as a RANC user would have it.
Imported load_replica(const RancNetwork& network, u32 replica);

}  // namespace spikefab::test
