// RANC's input.json and config.json: a network that is mapped already, with its stimulus.
// Semantics and checks: RANC's simulator; what that leaves undefined is an error here.
#pragma once

#include <string>

#include "mapper/importer.h"

namespace spikefab {

struct RancConfig {
  Chip chip;                 // neuron parameter reset_type is the file's neuron_reset_type
  u32 neuron_trace = 0;      // 0 off, 1 potentials, 2 spikes
  u32 controller_trace = 0;  // 0 off, 1 spikes
  u32 scheduler_trace = 0;   // 0 off, 1 words, 2 words and writes
  bool traces() const { return neuron_trace || controller_trace || scheduler_trace; }
};

// Throws InputError with file:line:col and all problems.
RancConfig load_ranc_config(const std::string& path);

// Cores and neurons that nobody programmed can never do anything. They are left out, or kept as
// RANC does, which costs time and changes no result.
enum class IdleCores { left_out, kept };

// Reads the file once, as a stream: memory is that of the result. Throws InputError with
// file:line:col and JSON path.
Imported load_ranc_input(const std::string& path, const Chip& chip,
                         IdleCores idle = IdleCores::left_out);

}  // namespace spikefab
