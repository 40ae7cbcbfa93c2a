// Numbers for people: 1,234,567; 12.3; 4 min 05 s; 1.5 GiB.
#pragma once

#include <string>

#include "base/hd.h"

namespace spikefab::cli {

std::string grouped(u64 value);
std::string rounded(double value);  // three significant digits, grouped above 1000
std::string duration(double seconds);
std::string bytes_text(u64 bytes);

}  // namespace spikefab::cli
