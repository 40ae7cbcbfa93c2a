// One layer of a NetX file, without regard to the others.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "mapper/hdf5/hdf5.h"
#include "mapper/netx/netx.h"

namespace spikefab {

inline constexpr i64 max_netx_side = 1 << 24;

bool has_window(NetxType type);  // convolution and pooling
bool is_dense(NetxType type);
std::string netx_sides(const std::vector<u32>& sides);  // "3 x 16 x 16"

// Adds what is wrong to `problems`; the layer is complete if nothing is.
NetxLayer read_netx_layer(const Hdf5Group& group, Problems& problems);

}  // namespace spikefab
