// Random crossbar networks as trained ones would be, and the files that hold them
// (mapper/crossbar_network.h).
#pragma once

#include <string>

#include "mapper/crossbar_network.h"

namespace spikefab::test {

// Images of up to 9 x 9 pixels, one to four layers of any shape, one to three networks, on a chip
// that is just large enough. Same seed, same network on every machine. No card.
CrossbarNetwork random_crossbar_network(u64 seed);

// Images of 28 x 28 pixels, 10 classes, two layers, two networks on a chip of 8 x 8 cores.
CrossbarNetwork random_digit_network(u64 seed);

// The model file; `weights_file` and the SHA-256 of its bytes are what it states.
std::string crossbar_yaml(const CrossbarNetwork& network, const std::string& weights_file);
std::string crossbar_weights_bytes(const CrossbarNetwork& network);

// Writes <name>.yaml and <name>.weights into an existing folder; returns the path of the first.
std::string write_crossbar_network(const CrossbarNetwork& network, const std::string& folder);

}  // namespace spikefab::test
