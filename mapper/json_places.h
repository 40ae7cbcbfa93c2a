// Where JSON values stand in a file: a second, slower pass that runs only when there are problems,
// so that the first can be fast and keep no positions.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/hd.h"

namespace spikefab {

inline constexpr u32 max_json_depth = 64;

// "file:line:col" of the first byte of each wanted path ("cores[3].axons[7]"; "" is the root). A
// path that stands twice gets its last place; one that is not found gets just the file.
std::map<std::string, std::string> json_places(const std::string& file,
                                               const std::set<std::string>& wanted);

// "file:line:col" of a byte.
std::string json_place_of_byte(const std::string& file, u64 offset);

}  // namespace spikefab
