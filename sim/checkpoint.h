// A State as a .sfab file, tied to its program by content hash.
#pragma once

#include <string>

#include "sim/state.h"

namespace spikefab::sim {

void save_checkpoint(const State& state, const Program& program, const std::string& path);

// Throws InputError if the file is damaged or is of another program.
State load_checkpoint(const std::string& path, const Program& program);

}  // namespace spikefab::sim
