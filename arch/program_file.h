// Programs and stimuli as .sfab files. Loading validates everything before it returns.
#pragma once

#include <string>

#include "arch/program.h"
#include "arch/stimulus.h"

namespace spikefab {

void save_program(const Program& program, const std::string& path);
Program load_program(const std::string& path);

void save_stimulus(const Stimulus& stimulus, const std::string& path);
// Checked in itself; check_stimulus() says whether it fits a program.
Stimulus load_stimulus(const std::string& path);

}  // namespace spikefab
