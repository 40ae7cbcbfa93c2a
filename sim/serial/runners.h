// The runners of the serial engine, one per organisation of cores.
#pragma once

#include <memory>

#include "arch/stimulus.h"
#include "sim/chip_runner.h"

namespace spikefab::sim::serial {

std::unique_ptr<ChipRunner> run_crossbars(const Program& program, const Stimulus& stimulus);
std::unique_ptr<ChipRunner> run_synaptic_memory(const Program& program, const Stimulus& stimulus);

}  // namespace spikefab::sim::serial
