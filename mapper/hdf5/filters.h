// What was done to the bytes of a chunk before they were written, undone: deflate, shuffle and
// fletcher32.
#pragma once

#include <string>
#include <vector>

#include "mapper/hdf5/object.h"

namespace spikefab {

struct Hdf5Filter {
  u32 id = 0;
  u64 parameter = 0;  // the first; of shuffle: bytes of an element
};

// In the order in which they were applied; none if there is no message. Filters that we cannot undo
// are refused by name.
std::vector<Hdf5Filter> read_hdf5_filters(Hdf5File& file, const Hdf5Object& dataset);

// The chunk as it was. `skipped` has a bit for each filter that was not applied to this chunk.
std::vector<u8> undo_hdf5_filters(Hdf5File& file, const std::vector<Hdf5Filter>& filters,
                                  u64 skipped, std::span<const u8> stored, u64 chunk_bytes);

}  // namespace spikefab
