// How much memory there is, asked before much is taken.
#pragma once

#include <string>

#include "base/hd.h"

namespace spikefab {

// Bytes that can be taken without swapping; all that can be counted if the system does not say.
u64 available_memory();

// Throws ResourceError "<what> needs X MiB of memory (Y MiB are available)" if `bytes` are too
// many.
void check_available_memory(u64 bytes, const std::string& what);

}  // namespace spikefab
