// The weights file of a crossbar network. No header, little-endian: for each network, layer and
// feature the leak (i16), a weight for each axon type (i16), and ceil(axons / 8) bytes of
// connections: axon a is bit a % 8 of byte a / 8; bits beyond the last axon are 0.
#pragma once

#include <string>

#include "mapper/crossbar_network.h"

namespace spikefab {

inline constexpr u64 max_crossbar_weights_bytes = u64{1} << 30;

struct CrossbarWeightsFile {
  std::string path;
  std::string sha256;        // in hex, as the model file states it
  std::string sha256_place;  // where it does
  u32 networks = 1;
};

// Reads the weights of a network whose chip and layers are known. Throws InputError unless the file
// has the size that they need, is the stated one, and has no bit set that means nothing.
std::vector<std::vector<CrossbarWeights>> load_crossbar_weights(
    const CrossbarWeightsFile& file, const Chip& chip, const std::vector<CrossbarLayer>& layers);

}  // namespace spikefab
