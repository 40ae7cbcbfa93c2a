// A network in the words of NIR: each node is one NIR node, shapes agree on every edge, names are
// such as HDF5 takes, nothing is left to be filled in. What NIR does not have is turned into nodes
// that compute the same, or refused. mapper/nir/export.h writes the result.
#pragma once

#include <string>
#include <vector>

#include "mapper/network.h"

namespace spikefab {

struct NirForm {
  Network network;                 // what load_nir() reads back, but for the order of nodes
  std::vector<std::string> notes;  // everything that was changed, and what readers ought to know
};

// Throws InputError with all problems; ResourceError if filling in takes too much memory.
NirForm to_nir_form(const Network& network);

// How NIR says where a window lies. Its numbers pad both sides of an axis alike.
enum class NirPadding { numbers, same, none };
NirPadding nir_padding_of(const Node& node, const Window& window);

}  // namespace spikefab
