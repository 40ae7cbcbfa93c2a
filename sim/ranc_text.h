// The two text files that RANC's simulator writes: output lines, and the trace.
// Formats: RANC's software simulator; both begin with a UTF-8 byte order mark.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "sim/engine.h"

namespace spikefab::sim {

// Each tick one line, each output line "0 " or "1 ". The file appears when it is complete.
class RancOutput {
 public:
  RancOutput(const std::string& path, u32 lines);

  // Appends the outputs of one replica, [tick][output word] as in Recording.
  void append(const std::vector<u64>& outputs, u64 ticks);
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  u32 lines_;
  std::string text_;
};

// The verbosities of RANC's config.json.
struct RancTraceLevels {
  u32 neuron = 0;      // 1 potentials, 2 axons of received spikes
  u32 controller = 0;  // 1 the axon bits of each core
  u32 scheduler = 0;   // 1 the due slot of each core, 2 also every write
};

// Runs `ticks` ticks of the engine, which must be loaded with one replica and stand before tick 0,
// and writes RANC's trace of them to `path`. The trace is a replay of the semantics in RANC's order
// beside the engine, whose end state must agree; so any engine can be traced. Meant for small
// cases.
void run_with_ranc_trace(Engine& engine, const Program& program, const Stimulus& stimulus,
                         const RancTraceLevels& levels, u64 ticks, const RecordPlan& plan,
                         const std::string& path, Recording& recording);

}  // namespace spikefab::sim
