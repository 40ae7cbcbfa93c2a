// NIR files (Neuromorphic Intermediate Representation, HDF5), of every version from 0.0.1 on, with
// the defects that published files have: docs/nir.md says which are put right, with a note each,
// and which are refused.
#pragma once

#include <string>
#include <vector>

#include "mapper/hdf5/hdf5.h"
#include "mapper/network.h"

namespace spikefab {

enum class DuplicateEdges { once, add_up };

struct NirOptions {
  DuplicateEdges duplicate_edges = DuplicateEdges::once;  // NIRTorch's choice
};

struct NirNetwork {
  Network network;                 // sub-graphs are spliced in: node "sub/name"
  std::string version;             // what the file says; may be empty
  std::vector<std::string> notes;  // everything that was put right, assumed or left out
};

// Throws InputError with file, path in the file and all problems.
NirNetwork load_nir(const std::string& path, const NirOptions& options = {});

// The same for a file that is read already.
NirNetwork make_nir_network(const Hdf5Group& root, const std::string& path,
                            const NirOptions& options = {});

}  // namespace spikefab
