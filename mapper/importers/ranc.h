// RANC's input.json and config.json: a network that is mapped already, with its stimulus.
// Semantics and checks: RANC's simulator; what that leaves undefined is an error here.
#pragma once

#include <string>

#include "arch/program.h"
#include "arch/stimulus.h"

namespace spikefab {

struct RancConfig {
  Chip chip;                 // neuron parameter reset_type is the file's neuron_reset_type
  u32 neuron_trace = 0;      // 0 off, 1 potentials, 2 spikes
  u32 controller_trace = 0;  // 0 off, 1 spikes
  u32 scheduler_trace = 0;   // 0 off, 1 words, 2 words and writes
  bool traces() const { return neuron_trace || controller_trace || scheduler_trace; }
};

struct RancInput {
  Program program;
  Stimulus stimulus;
  std::vector<std::string> notes;  // what was ignored, for a warning each
};

// Throws InputError with file:line:col and all problems.
RancConfig load_ranc_config(const std::string& path);

// Reads the file once, as a stream: memory is that of the result. Throws InputError with
// file:line:col and JSON path. `keep_idle_cores` programs every core of the chip, as RANC does,
// instead of only those that can ever do anything; results are the same.
RancInput load_ranc_input(const std::string& path, const Chip& chip, bool keep_idle_cores = false);

}  // namespace spikefab
