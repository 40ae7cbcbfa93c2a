// Groups of many links as HDF5 1.8 stores them: link messages in a fractal heap (III.G), found by a
// version 2 B-tree (III.A.2).
#pragma once

#include <functional>

#include "mapper/hdf5/file.h"

namespace spikefab {

// Visits where each link message stands.
void visit_hdf5_dense_links(Hdf5File& file, u64 heap, u64 tree,
                            const std::function<void(u64 address, u64 bytes)>& visit);

}  // namespace spikefab
