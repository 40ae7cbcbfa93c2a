// Random programs of cores with synaptic memory, with batches of stimuli: what engines must agree
// on (tests/engines_agree_test.cc), and a naive simulator with them
// (tests/synaptic_oracle_test.cc).
#pragma once

#include <string>

#include "tests/support/random_program.h"

namespace spikefab::test {

// Same seed, same case on every machine. Passes check_program and check_stimulus. Cores are empty,
// small or large, rows empty, short or long; delays reach up to 62 ticks; several synapses join the
// same pair; payloads and parameters are usual or at the ends of their ranges. `model` is a name of
// a neuron model, or empty: any.
ProgramCase random_synaptic_program(u64 seed, const std::string& model = "");

}  // namespace spikefab::test
