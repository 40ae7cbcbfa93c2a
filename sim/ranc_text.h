// The two text files that RANC's simulator writes: output lines, and the trace.
// Formats: RANC's software simulator; both begin with a UTF-8 byte order mark.
#pragma once

#include <memory>
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

// Writes RANC's trace of a run: a replay of the semantics in RANC's order beside the engine, whose
// state must agree; so any engine can be traced. Meant for small cases. The file appears when it is
// complete.
class RancTrace {
 public:
  // A run of `ticks` ticks from tick 0, of one replica.
  RancTrace(const Program& program, const Stimulus& stimulus, const RancTraceLevels& levels,
            u64 ticks, const std::string& path);
  ~RancTrace();

  // Follows the engine up to the tick at which it stands.
  void follow(const Engine& engine);
  void commit();

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace spikefab::sim
