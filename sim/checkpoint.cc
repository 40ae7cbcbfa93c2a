#include "sim/checkpoint.h"

#include "arch/container.h"

namespace spikefab::sim {
namespace {

constexpr const char* damaged = "the file is damaged";

// True if every `words`-th word, the last of each row, has no bit at or above `bits`.
bool padding_is_clear(const std::vector<u64>& rows, u64 bits) {
  const u64 words = words_for(bits);
  if (bits % word_bits == 0) return true;
  for (u64 i = words - 1; i < rows.size(); i += words) {
    if (rows[i] >> (bits % word_bits) != 0) return false;
  }
  return true;
}

void check_size(const std::string& path, const char* name, u64 have, u64 per_replica,
                u32 replicas) {
  if (have == checked_product({per_replica, replicas})) return;
  throw InputError(path, std::string(name) + " has " + std::to_string(have) + " elements",
                   "must be " + std::to_string(per_replica) + " for each of " +
                       std::to_string(replicas) + " replicas; " + damaged);
}

// What can be said without the program.
void check_in_itself(const State& state, const std::string& path) {
  if (state.replicas == 0)
    throw InputError(path, "replicas = 0", std::string("must be at least 1; ") + damaged);
  check_size(path, "counts", state.counts.size(), count_kinds, state.replicas);
  const auto is_shared = [&](const char* name, u64 size) {
    check_size(path, name, size, size / state.replicas, state.replicas);
  };
  is_shared("neuron_state", state.neuron_state.size());
  is_shared("waiting", state.waiting.size());
  is_shared("accumulators", state.accumulators.size());
  is_shared("output", state.output.size());
}

void check_state(const State& state, const Program& program, const std::string& path) {
  const Chip& chip = program.chip;
  const StateSizes sizes = state_sizes(program);
  check_size(path, "neuron_state", state.neuron_state.size(), sizes.neuron_state, state.replicas);
  check_size(path, "waiting", state.waiting.size(), sizes.waiting, state.replicas);
  check_size(path, "accumulators", state.accumulators.size(), sizes.accumulators, state.replicas);
  check_size(path, "output", state.output.size(), sizes.output, state.replicas);
  if (!padding_is_clear(state.waiting, chip.axons) ||
      !padding_is_clear(state.output, program.output_lines)) {
    throw InputError(path, "a spike waits at an axon that does not exist", damaged);
  }
}

}  // namespace

void save_checkpoint(const State& state, const std::string& program_hash,
                     const std::string& stimulus_hash, const std::string& path) {
  schema::FileHeader header;
  header.set_kind("checkpoint");
  header.mutable_checkpoint()->set_tick(state.tick);
  header.mutable_checkpoint()->set_replicas(state.replicas);
  header.mutable_checkpoint()->set_has_accumulators(!state.accumulators.empty());
  header.mutable_checkpoint()->set_program_hash(program_hash);
  header.mutable_checkpoint()->set_stimulus_hash(stimulus_hash);
  ContainerWriter writer(path, std::move(header));
  writer.add("neuron_state", state.neuron_state);
  writer.add("waiting", state.waiting);
  if (!state.accumulators.empty()) writer.add("accumulators", state.accumulators);
  writer.add("output", state.output);
  writer.add("counts", state.counts);
  writer.finish();
}

Checkpoint read_checkpoint(const std::string& path) {
  ContainerReader reader(path, "checkpoint");
  const schema::CheckpointHeader& header = reader.header().checkpoint();
  Checkpoint checkpoint = {{}, header.program_hash(), header.stimulus_hash()};
  State& state = checkpoint.state;
  state.tick = header.tick();
  state.replicas = header.replicas();
  reader.read("neuron_state", state.neuron_state);
  reader.read("waiting", state.waiting);
  if (header.has_accumulators()) reader.read("accumulators", state.accumulators);
  reader.read("output", state.output);
  reader.read("counts", state.counts);
  reader.finish();
  check_in_itself(state, path);
  return checkpoint;
}

State load_checkpoint(const std::string& path, const Program& program,
                      const std::string& stimulus_hash) {
  Checkpoint checkpoint = read_checkpoint(path);
  if (checkpoint.program_hash != content_hash(program)) {
    throw InputError(path, "is a checkpoint of another program",
                     "restore it with the program that it was written with");
  }
  if (checkpoint.stimulus_hash != stimulus_hash) {
    throw InputError(path, "is a checkpoint of a run with another stimulus",
                     "give the same stimuli as to the run that wrote it");
  }
  check_state(checkpoint.state, program, path);
  return std::move(checkpoint.state);
}

}  // namespace spikefab::sim
