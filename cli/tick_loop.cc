#include "cli/tick_loop.h"

#include <algorithm>

#include "cli/clock.h"
#include "cli/interrupt.h"
#include "cli/progress.h"

namespace spikefab::cli {
namespace {

constexpr double chunk_seconds = 0.05;          // a signal is heeded within this time
constexpr u64 recording_bytes = u64{64} << 20;  // of one chunk, at most (if a tick has less)

u64 most_ticks_in_memory(const Program& program, u32 replicas, const sim::RecordPlan& plan) {
  u64 bytes = 1;
  if (plan.outputs) bytes += program.output_words() * sizeof(u64);
  if (plan.digests) bytes += sizeof(u64);
  if (plan.spikes) bytes += program.neurons() * sizeof(sim::Spike);
  if (plan.potentials) bytes += program.neurons() * sizeof(sim::Potential);
  return std::max<u64>(1, recording_bytes / (bytes * replicas));
}

u64 next_length(u64 length, double seconds) {
  const double factor = std::clamp(chunk_seconds / std::max(seconds, 1e-6), 0.1, 2.0);
  return std::max<u64>(1, static_cast<u64>(static_cast<double>(length) * factor));
}

}  // namespace

u64 run_ticks(sim::Engine& engine, const Program& program, u32 replicas, const TickLoop& loop,
              const std::function<void(const Chunk&)>& on_chunk) {
  const u64 most = most_ticks_in_memory(program, replicas, loop.plan);
  std::optional<Progress> progress;
  if (loop.progress == TickLoop::shown) {
    progress.emplace("ticks", loop.end_tick - loop.first_tick);
  }
  sim::Recording recording;
  u64 length = 1;
  u64 tick = loop.first_tick;
  while (tick < loop.end_tick && pending_signal() == 0) {
    u64 ticks = std::min({length, most, loop.end_tick - tick});
    if (loop.stop_every > 0) ticks = std::min(ticks, loop.stop_every - tick % loop.stop_every);
    recording.clear();
    const Stopwatch stopwatch;
    engine.advance(ticks, loop.plan, recording);
    on_chunk({tick, ticks, recording});
    length = next_length(ticks, stopwatch.seconds());
    tick += ticks;
    if (progress) progress->update(tick - loop.first_tick);
  }
  return tick;
}

}  // namespace spikefab::cli
