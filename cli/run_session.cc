#include "cli/run_session.h"

#include "arch/program_file.h"
#include "cli/counts.h"
#include "cli/describe.h"
#include "cli/log.h"
#include "sim/checkpoint.h"

namespace spikefab::cli {
namespace {

Stimulus load_stimuli(const std::vector<std::string>& paths, const Program& program) {
  if (paths.empty()) return {};
  std::vector<Stimulus> parts;
  for (const std::string& path : paths) {
    parts.push_back(load_stimulus(path));
    check_stimulus(parts.back(), program, path);
  }
  return parts.size() == 1 ? std::move(parts[0]) : batch(parts);
}

// A selection of nothing is a mistake.
void check_selection(const sim::Selection& selection, const Program& program, u64 first_tick,
                     u64 end_tick) {
  check_cores(selection.first_position, program);
  if (selection.first_tick < end_tick && selection.last_tick >= first_tick) return;
  throw UsageError("--window selects none of the ticks of the run, which are " +
                   std::to_string(first_tick) + ".." + std::to_string(end_tick - 1));
}

}  // namespace

RunSession::RunSession(const RunRequest& request)
    : request_(request),
      inputs_(request.output ? hash_inputs(request.input_paths()) : std::vector<InputFile>()),
      program_(load_program(request.program)) {
  const Stimulus stimulus = load_stimuli(request.stimuli, program_);
  replicas_ = stimulus.replicas;
  if (request.output) program_hash_ = content_hash(program_);  // for checkpoints
  stimulus_hash_ = content_hash(stimulus);
  if (request.output) output_.emplace(*request.output, program_, replicas_);
  chosen_.emplace(request.engine);
  chosen_->load(program_, stimulus);
  if (request.checkpoint) restore(*request.checkpoint);
  end_tick_ = request.end_tick.value_or(stimulus.ticks + program_.chip.slots + program_.slots);
  if (end_tick_ <= first_tick_) {
    throw InputError(request.checkpoint.value_or(request.program),
                     "leaves nothing to run: it stands at tick " + std::to_string(first_tick_) +
                         ", the run ends at tick " + std::to_string(end_tick_),
                     "--ticks counts from tick 0");
  }
  for (const auto& selection : {request.plan.spikes, request.plan.potentials}) {
    if (selection) check_selection(*selection, program_, first_tick_, end_tick_);
  }
}

void RunSession::restore(const std::string& path) {
  const sim::State state = sim::load_checkpoint(path, program_, stimulus_hash_);
  if (state.replicas != replicas_) {
    throw InputError(path,
                     "has " + std::to_string(state.replicas) + " replicas, the stimuli have " +
                         std::to_string(replicas_),
                     "give the same stimuli as to the run that wrote it");
  }
  chosen_->restore(state);
  first_tick_ = state.tick;
  log_info("going on at tick {}", first_tick_);
}

void RunSession::on_chunk(const Chunk& chunk) {
  digest_.add(chunk);
  if (!output_) return;
  output_->add(chunk);
  const u64 tick = chunk.first_tick + chunk.ticks;
  if (!output_->wants_checkpoint(tick)) return;
  output_->save_checkpoint(chosen_->state(), program_hash_, stimulus_hash_);
}

void RunSession::advance() {
  const u64 stop_every = request_.output ? request_.output->checkpoint_every : 0;
  const TickLoop loop = {request_.plan, first_tick_, end_tick_, stop_every};
  const Stopwatch stopwatch;
  tick_ = run_ticks(*chosen_, program_, replicas_, loop,
                    [this](const Chunk& chunk) { on_chunk(chunk); });
  seconds_ = stopwatch.seconds();
}

void RunSession::write_output(RunFacts facts) {
  const sim::State state = chosen_->state();
  warn_of_counts(program_, state);
  totals_ = total_counts(state);
  outcome_ = {{"status", interrupted() ? "interrupted" : "finished"},
              {"engine", chosen_->name()},
              {"first_tick", first_tick_},
              {"ticks", tick_},
              {"replicas", replicas_},
              {"result_digest", digest_.finish(program_, state)}};
  if (!output_ && interrupted()) {
    log_warning("interrupted before tick {}; without --output nothing is kept", tick_);
  }
  if (!output_) return;
  if (interrupted()) {
    if (!output_->has_checkpoint(tick_))
      output_->save_checkpoint(state, program_hash_, stimulus_hash_);
    log_warning("interrupted before tick {}; go on with --restore {}/{}", tick_,
                request_.output->folder, RunOutput::checkpoint_name(tick_));
  }
  facts.inputs = inputs_;
  facts.run_seconds = seconds_;
  facts.result = outcome_;
  output_->finish(run_stats(program_, state), std::move(facts));
}

Json RunSession::summary() const {
  Json document = outcome_;
  document.erase("result_digest");  // to the end
  document.update(totals_);
  document["run_seconds"] = seconds_;
  document["ticks_per_second"] = static_cast<double>(tick_ - first_tick_) / seconds_;
  document["result_digest"] = outcome_["result_digest"];
  if (request_.output) document["output_folder"] = request_.output->folder;
  return document;
}

}  // namespace spikefab::cli
