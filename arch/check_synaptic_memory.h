// The part of check_program() about cores with synaptic memory, and how damage is reported.
#pragma once

#include "arch/program.h"

namespace spikefab {

Problem damage(const std::string& place, std::string what, const std::string& must);
Problem wrong_length(const std::string& place, const char* array, u64 have, u64 need);

// Positions and numbers of neurons are checked already.
void check_synaptic_memory(const Program& program, const std::string& place, Problems& problems);

}  // namespace spikefab
