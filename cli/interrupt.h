// SIGINT and SIGTERM: the first asks for a clean stop, the second exits at once.
#pragma once

#include "base/hd.h"

namespace spikefab::cli {

// To be called by verbs that look at pending_signal() between their steps.
void catch_interrupts();

// The signal that asked for a stop, or 0.
int pending_signal();

}  // namespace spikefab::cli
