// What is in a program, stimulus, checkpoint or chip, as documents for print_result.
#pragma once

#include "arch/program.h"
#include "arch/stimulus.h"
#include "cli/arguments.h"
#include "cli/result.h"

namespace spikefab::cli {

Json describe(const Chip& chip);
Json describe(const Program& program);
Json describe(const Stimulus& stimulus);

// Throws UsageError if --cores begins at `first`, beyond the mesh.
void check_cores(u64 first, const Program& program);

// One row per programmed core with a mesh index in the range.
Json describe_cores(const Program& program, Range mesh_indices, u64 max_rows);

}  // namespace spikefab::cli
