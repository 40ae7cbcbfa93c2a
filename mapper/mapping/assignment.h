// The cheapest assignment of rows to columns (LAP), by shortest augmenting paths.
#pragma once

#include <vector>

#include "base/hd.h"

namespace spikefab {

struct Assignment {
  double cost = 0;          // at least the least possible but for rounding
  std::vector<u32> column;  // [row] no column twice
};

// `cost`: [row * columns + column], finite; at most as many rows as columns. Time in
// O(rows^2 columns), mostly far less [Jonker, Volgenant 1987; rectangular: Crouse 2016].
Assignment cheapest_assignment(const std::vector<double>& cost, u32 rows, u32 columns);

}  // namespace spikefab
