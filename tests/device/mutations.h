// Kernels with one instruction less: shows that tests notice.
#pragma once

#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab::test {

// Lines (from 1) of PTX text that only make threads wait for each other: bar, barrier,
// bar.warp.sync.
std::vector<u32> barrier_lines(const std::string& ptx);

// Lines with an access that orders others (.acquire, .release, .acq_rel), and the text in which
// that one orders nothing.
std::vector<u32> ordering_lines(const std::string& ptx);
std::string relaxed_at(const std::string& ptx, u32 line);

std::string line_of(const std::string& ptx, u32 line);
std::string without_line(const std::string& ptx, u32 line);

}  // namespace spikefab::test
