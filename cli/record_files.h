// The files that a run records into, written chunk by chunk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/run_folder.h"
#include "cli/tick_loop.h"

namespace spikefab::cli {

// One file; it appears when it is complete.
class RecordFile {
 public:
  virtual ~RecordFile() = default;
  virtual void add(const Chunk& chunk) = 0;
  virtual void commit() = 0;
};

// What --record may list; each has its file.
inline constexpr const char* record_choices = "outputs,spikes,potentials,digests";

// `what` is one of the choices.
std::unique_ptr<RecordFile> make_record_file(const std::string& what, RunFolder& folder,
                                             const Program& program, u32 replicas);

}  // namespace spikefab::cli
