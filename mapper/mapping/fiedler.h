// Coordinates for cores in which those that talk much lie close: Fiedler vectors.
#pragma once

#include <vector>

#include "mapper/mapping/core_traffic.h"

namespace spikefab {

// The eigenvectors of the lowest eigenvalues but the trivial one of the normalised Laplacian of the
// flows, each divided by the square roots of the cores' flows: `count` vectors, or fewer if there
// are fewer cores. 0 for cores without flows. Same input, same bits.
std::vector<std::vector<double>> fiedler_vectors(const CoreFlows& flows, u32 count);

}  // namespace spikefab
