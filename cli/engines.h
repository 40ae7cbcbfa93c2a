// Which engine runs: the one asked for, or the best that this machine has.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "sim/engine.h"

namespace spikefab::cli {

// "auto|serial|...": the value name of --engine.
std::string engine_choices();

struct ChosenEngine {
  std::string name;
  std::unique_ptr<sim::Engine> engine;
};

// Logs in one line what was chosen and why. Throws ResourceError if it cannot run here.
ChosenEngine choose_engine(const std::string& name);

}  // namespace spikefab::cli
