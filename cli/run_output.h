// What `spikefab run -o DIR` leaves: recorded files, checkpoints, resolved.yaml, stats.json,
// log.txt and, last of all, run.json.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/provenance.h"
#include "cli/record_files.h"
#include "cli/run_folder.h"

namespace spikefab::cli {

struct RunOutputOptions {
  std::string folder;
  bool force = false;
  std::vector<std::string> record;  // of record_choices
  u64 checkpoint_every = 0;         // ticks; 0: never
  bool reproducible = false;        // no log.txt, as it has times
};

class RunOutput {
 public:
  RunOutput(const RunOutputOptions& options, const Program& program, u32 replicas);
  ~RunOutput();

  void add(const Chunk& chunk);
  static std::string checkpoint_name(u64 tick);
  bool wants_checkpoint(u64 tick) const;
  bool has_checkpoint(u64 tick) const { return last_checkpoint_ == tick; }
  void save_checkpoint(const sim::State& state, const std::string& program_hash,
                       const std::string& stimulus_hash);

  // `stats` goes to stats.json and `facts` to run.json; then the folder gets its name.
  void finish(const Json& stats, RunFacts facts);

 private:
  RunOutputOptions options_;
  const Program& program_;
  RunFolder folder_;
  std::vector<std::unique_ptr<RecordFile>> files_;
  std::optional<u64> last_checkpoint_;  // its tick
};

// stats.json: counters in all and per replica, nothing that depends on the machine.
Json run_stats(const Program& program, const sim::State& state);

}  // namespace spikefab::cli
