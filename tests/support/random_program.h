// Random programs with batches of stimuli, made without a network in between: what engines must
// agree on, corner by corner (tests/random_program_test.cc says which).
#pragma once

#include "arch/program.h"
#include "arch/stimulus.h"

namespace spikefab::test {

struct ProgramCase {
  Program program;
  Stimulus stimulus;  // of 1..70 replicas, all different
  u64 ticks = 0;      // how long it is worth running
};

// Same seed, same case on every machine. Passes check_program and check_stimulus; the serial engine
// runs and records it in a few milliseconds. Core sizes lie around the limits of words and of
// 256; chips are idle, sparse, busy, saturated or of each kind a few cores; core graphs are acyclic
// or not; weights and potentials reach from all zero to the ends of 32 bits.
ProgramCase random_program(u64 seed);

}  // namespace spikefab::test
