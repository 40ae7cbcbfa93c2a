// What a run came to, gathered chunk by chunk: output spikes and the result digest.
#pragma once

#include <string>
#include <vector>

#include "base/files.h"
#include "cli/tick_loop.h"

namespace spikefab::cli {

class RunResult {
 public:
  RunResult(const Program& program, u32 replicas)
      : output_words_(program.output_words()), output_spikes_(replicas, 0) {}

  void add(const Chunk& chunk);

  const std::vector<u64>& output_spikes() const { return output_spikes_; }  // [replica]
  u64 total_output_spikes() const;

  // SHA-256 of all outputs and of the state at the end: equal on every engine, whatever else was
  // recorded. Ends the computation.
  std::string digest(const Program& program, const sim::State& state);

 private:
  u32 output_words_;
  std::vector<u64> output_spikes_;
  Sha256 sha_;
};

// Digest of one replica's state in hex.
std::string state_digest_text(const Program& program, const sim::State& state, u32 replica);

}  // namespace spikefab::cli
