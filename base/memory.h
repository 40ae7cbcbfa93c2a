// How much memory there is, asked before much is taken.
#pragma once

#include <initializer_list>
#include <string>

#include "base/hd.h"

namespace spikefab {

// The product, or the largest number if it does not fit: sizes that come from files.
u64 checked_product(std::initializer_list<u64> factors);

// Bytes that can be taken without swapping, by the machine, the container (cgroup) and the limits
// of the process (ulimit -v); all that can be counted if none of them says.
u64 available_memory();

// Throws ResourceError "<what> needs X MiB of memory (Y MiB are available)" if `bytes` are too
// many.
void check_available_memory(u64 bytes, const std::string& what);

}  // namespace spikefab
