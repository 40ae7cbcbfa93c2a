// A State as a .sfab file, tied to its program and stimulus by content hash.
#pragma once

#include <string>

#include "sim/state.h"

namespace spikefab::sim {

struct Checkpoint {
  State state;
  std::string program_hash;   // content_hash() of the program
  std::string stimulus_hash;  // and of the stimulus that is running
};

// The hashes are those of Checkpoint; the caller has them from one computation for the whole run.
void save_checkpoint(const State& state, const std::string& program_hash,
                     const std::string& stimulus_hash, const std::string& path);

// Checked in itself, whatever it is of. Throws InputError if the file is damaged.
Checkpoint read_checkpoint(const std::string& path);

// Throws InputError also if the checkpoint is of another program or stimulus.
State load_checkpoint(const std::string& path, const Program& program,
                      const std::string& stimulus_hash);

}  // namespace spikefab::sim
