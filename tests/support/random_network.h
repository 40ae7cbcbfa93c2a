// Random RANC networks that reach into every corner of the semantics: ragged sizes, both reset
// modes, overflows, dropped and merging spikes, targets that hold nothing. Same seed, same network
// on every machine.
#pragma once

#include "tests/support/ranc_network.h"

namespace spikefab::test {

struct RandomCase {
  RancNetwork network;
  int ticks = 0;  // how long it is worth running
};

RandomCase random_case(u64 seed);

}  // namespace spikefab::test
