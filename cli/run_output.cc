#include "cli/run_output.h"

#include "base/files.h"
#include "cli/counts.h"
#include "cli/log.h"
#include "cli/result_digest.h"
#include "sim/checkpoint.h"

namespace spikefab::cli {

RunOutput::RunOutput(const RunOutputOptions& options, const Program& program, u32 replicas)
    : options_(options), program_(program), folder_(options.folder, options.force) {
  if (!options.reproducible) start_log_file(folder_.path_of("log.txt"));
  for (const std::string& what : options.record) {
    files_.push_back(make_record_file(what, folder_, program, replicas));
  }
}

RunOutput::~RunOutput() { stop_log_file(); }

void RunOutput::add(const Chunk& chunk) {
  for (auto& file : files_) file->add(chunk);
}

bool RunOutput::wants_checkpoint(u64 tick) const {
  return options_.checkpoint_every > 0 && tick % options_.checkpoint_every == 0;
}

std::string RunOutput::checkpoint_name(u64 tick) {
  return "checkpoint-" + std::to_string(tick) + ".sfab";
}

void RunOutput::save_checkpoint(const sim::State& state, const std::string& program_hash,
                                const std::string& stimulus_hash) {
  const std::string name = checkpoint_name(state.tick);
  sim::save_checkpoint(state, program_hash, stimulus_hash, folder_.path_of(name));
  folder_.keep_if_it_fails();
  last_checkpoint_ = state.tick;
  log_debug("wrote {}", name);
}

void RunOutput::finish(const Json& stats, RunFacts facts) {
  for (auto& file : files_) file->commit();
  facts.resolved_config = to_yaml(program_.chip);
  facts.reproducible = options_.reproducible;
  write_text(folder_.path_of("resolved.yaml"), facts.resolved_config);
  write_text(folder_.path_of("stats.json"), to_json_text(stats));
  stop_log_file();
  const std::string run_json = folder_.path_of("run.json");
  facts.file_names = folder_.names();
  write_text(run_json, to_json_text(provenance(facts)));
  folder_.commit();
}

Json run_stats(const Program& program, const sim::State& state) {
  Json stats = {{"ticks", state.tick}, {"replicas", state.replicas}};
  stats["totals"] = total_counts(state);
  stats["per_replica"] = Json::array();
  for (u32 replica = 0; replica < state.replicas; ++replica) {
    Json counts = counts_of_replica(state, replica);
    counts["state_digest"] = state_digest_text(program, state, replica);
    stats["per_replica"].push_back(std::move(counts));
  }
  return stats;
}

}  // namespace spikefab::cli
