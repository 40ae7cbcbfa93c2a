#include "cli/result_digest.h"

#include <fmt/format.h>

#include <span>

namespace spikefab::cli {

void ResultDigest::add(const Chunk& chunk) {
  sha_.add(std::as_bytes(std::span(chunk.recording.outputs)));
}

std::string ResultDigest::finish(const Program& program, const sim::State& state) {
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
