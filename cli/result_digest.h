// The digest that two runs share if and only if they came to the same: on every engine, whatever
// else was recorded.
#pragma once

#include <string>

#include "base/files.h"
#include "cli/tick_loop.h"

namespace spikefab::cli {

// SHA-256 of all outputs of a run and of the state at its end.
class ResultDigest {
 public:
  void add(const Chunk& chunk);
  std::string finish(const Program& program, const sim::State& state);

 private:
  Sha256 sha_;
};

// Digest of one replica's state in hex.
std::string state_digest_text(const Program& program, const sim::State& state, u32 replica);

}  // namespace spikefab::cli
