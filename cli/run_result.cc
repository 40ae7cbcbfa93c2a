#include "cli/run_result.h"

#include <fmt/format.h>

#include <bit>
#include <numeric>
#include <span>

namespace spikefab::cli {

void RunResult::add(const Chunk& chunk) {
  const std::vector<u64>& outputs = chunk.recording.outputs;
  if (output_words_ == 0) return;
  sha_.add(std::as_bytes(std::span(outputs)));
  for (u64 i = 0; i < outputs.size(); ++i) {
    output_spikes_[i / output_words_ % output_spikes_.size()] +=
        static_cast<u64>(std::popcount(outputs[i]));
  }
}

u64 RunResult::total_output_spikes() const {
  return std::accumulate(output_spikes_.begin(), output_spikes_.end(), u64{0});
}

std::string RunResult::digest(const Program& program, const sim::State& state) {
  for (u32 replica = 0; replica < state.replicas; ++replica) {
    const u64 digest = sim::digest(program, state, replica);
    sha_.add(std::as_bytes(std::span(&digest, 1)));
  }
  return sha_.hex();
}

std::string state_digest_text(const Program& program, const sim::State& state, u32 replica) {
  return fmt::format("{:016x}", sim::digest(program, state, replica));
}

}  // namespace spikefab::cli
