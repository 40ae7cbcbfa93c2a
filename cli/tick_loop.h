// Advances an engine in chunks of ticks, so that recordings stay small, progress shows and signals
// are heeded. Where chunks end has no influence on results.
#pragma once

#include <functional>

#include "sim/engine.h"

namespace spikefab::cli {

struct TickLoop {
  sim::RecordPlan plan;
  u64 first_tick = 0;  // where the engine stands
  u64 end_tick = 0;
  u64 stop_every = 0;  // if not 0, chunks also end at each multiple of it
  enum { shown, left_to_caller } progress = shown;  // the line of cli/progress.h
};

struct Chunk {
  u64 first_tick;
  u64 ticks;
  const sim::Recording& recording;
};

// Calls on_chunk after each chunk. Returns the tick at which it stopped: end_tick, or earlier if
// pending_signal().
u64 run_ticks(sim::Engine& engine, const Program& program, u32 replicas, const TickLoop& loop,
              const std::function<void(const Chunk&)>& on_chunk);

}  // namespace spikefab::cli
