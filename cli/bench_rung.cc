#include "cli/bench_rung.h"

#include <algorithm>
#include <charconv>

#include "base/registry.h"
#include "cli/arguments.h"
#include "cli/clock.h"
#include "cli/interrupt.h"
#include "cli/naive_engine.h"
#include "cli/tick_loop.h"

namespace spikefab::cli {
namespace {

// What is recorded of them fits into memory.
constexpr u64 most_ticks_at_once = 20'000;

constexpr double chunk_seconds = 0.1;  // of a sample; a signal is heeded within this time

// A batch has at most so many cores with crossbars in all replicas, or so large a state, so that
// all the states that there are take a few GiB.
constexpr u64 most_cores = u64{1} << 19;
constexpr u64 most_state_bytes = u64{1} << 30;

u32 affordable_replicas(u32 replicas, const Program& program) {
  const u64 most = program.chip.has_crossbars() ? most_cores / std::max(program.cores(), 1u)
                                                : most_state_bytes / sim::state_bytes(program, 1);
  return static_cast<u32>(std::min<u64>(replicas, std::max(most, u64{1})));
}

RungSpec parse_rung(const std::string& text) {
  RungSpec spec = {text, text.substr(0, text.find('@')), 1};
  if (spec.engine.size() < text.size()) {
    const std::string number = text.substr(spec.engine.size() + 1);
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, spec.replicas);
    if (error != std::errc() || stop != end || spec.replicas == 0) {
      throw UsageError("--engines: '" + printable(text) +
                       "' (after @ must come a number of replicas)");
    }
  }
  if (spec.name() == "naive" && spec.engine != "naive") {
    throw UsageError("--engines: the naive loop takes no options");
  }
  if (spec.name() == "naive" && spec.replicas > 1) {
    throw UsageError("--engines: the naive loop runs one replica only");
  }
  return spec;
}

std::unique_ptr<sim::Engine> make_engine(const RungSpec& spec) {
  if (spec.name() == "naive") return std::make_unique<NaiveEngine>();
  return sim::make_engine(spec.engine);
}

// Runs ticks that are not timed, from tick 0 on; false if a signal came before the last of them.
bool run_untimed(sim::Engine& engine, const Program& program, u32 replicas, u64 ticks) {
  TickLoop loop;
  loop.end_tick = ticks;
  loop.progress = TickLoop::left_to_caller;
  return run_ticks(engine, program, replicas, loop, [](const Chunk&) {}) == ticks;
}

// "2 threads, AVX-512" says 2; engines that say nothing of the kind have one.
u32 threads_of(const std::string& how) {
  u32 threads = 1;
  const auto [rest, error] = std::from_chars(how.data(), how.data() + how.size(), threads);
  return std::string_view(rest).starts_with(" thread") ? std::max(threads, 1u) : 1;
}

Stimulus stimulus_of(const Workload& workload, u32 replicas) {
  std::vector<Stimulus> parts;
  for (u32 r = 0; r < replicas; ++r) {
    parts.push_back(workload.stimulus(r, workload.period(replicas)));
  }
  return replicas == 1 ? std::move(parts[0]) : batch(parts);
}

// How many ticks take so long at the speed of a sample.
u64 ticks_in(double seconds, const Sample& sample) {
  const double speed = static_cast<double>(sample.ticks) / std::max(sample.seconds, 1e-9);
  return std::max(static_cast<u64>(speed * seconds), u64{1});
}

void add_counts(std::vector<u64>& sum, const sim::State& after, const sim::State& before) {
  for (u64 i = 0; i < after.counts.size(); ++i) {
    sum[i % sim::count_kinds] += after.counts[i] - before.counts[i];
  }
}

}  // namespace

std::vector<RungSpec> parse_rungs(const std::string& list) {
  std::vector<std::string> texts;
  for (const std::string& word : split_list(list)) {
    // A comma also stands between the options of one engine.
    const bool option = word.find('=') < word.find(':') && !texts.empty();
    option ? void(texts.back() += "," + word) : texts.push_back(word);
  }
  std::vector<RungSpec> specs;
  for (const std::string& text : texts) specs.push_back(parse_rung(text));
  return specs;
}

void check_names(const std::vector<RungSpec>& rungs) {
  std::vector<std::string> known = Registry<sim::Engine>::names();
  known.insert(known.begin(), "naive");
  for (const RungSpec& rung : rungs) {
    if (std::find(known.begin(), known.end(), rung.name()) == known.end()) {
      throw UsageError("no engine '" + printable(rung.name()) + "' in this build",
                       "have: " + join(known, ", ") + did_you_mean(rung.name(), known));
    }
    make_engine(rung);  // whether its options are right
  }
}

std::string why_not(const RungSpec& spec) {
  const auto known = Registry<sim::Engine>::names();
  const bool is_known = std::find(known.begin(), known.end(), spec.name()) != known.end();
  if (spec.name() != "naive" && !is_known) return "engine " + spec.name() + " is not in this build";
  return make_engine(spec)->unavailable().value_or("");
}

u32 Rung::threads() const { return threads_of(engine_->how()); }

u64 Reference::digest_after(u64 ticks, u32 replica) {
  const auto [entry, is_new] = digests_.try_emplace({ticks, replica});
  if (is_new) {
    const auto serial = sim::make_engine("serial");
    serial->load(workload_.program, workload_.stimulus(replica, ticks));
    serial->restore(workload_.start(workload_.program, replica, 1));
    run_untimed(*serial, workload_.program, 1, ticks);
    entry->second = sim::digest(workload_.program, serial->state(), 0);
  }
  return entry->second;
}

Rung::Rung(const RungSpec& spec, const Workload& workload)
    : workload_(workload),
      engine_(make_engine(spec)),
      replicas_(affordable_replicas(spec.replicas, workload.program)) {
  const Stimulus stimulus = stimulus_of(workload, replicas_);
  const sim::State start = workload.start(workload.program, 0, replicas_);
  const Stopwatch watch;
  engine_->load(workload.program, stimulus);
  engine_->restore(start);
  load_seconds_ = watch.seconds();
}

bool Rung::agrees(Reference& reference, u64 ticks) {
  ticks = std::min(ticks, workload_.period(replicas_) / 2);
  if (!run_untimed(*engine_, workload_.program, replicas_, ticks)) return false;
  start_ = engine_->state();
  for (const u32 replica : {0u, replicas_ / 2, replicas_ - 1}) {
    const u64 have = sim::digest(workload_.program, start_, replica);
    if (have != reference.digest_after(ticks, replica)) return false;
  }
  return true;
}

void Rung::calibrate(double seconds) {
  if (seconds == 0) return;
  Sample warm_up;
  for (u64 ticks = 1; warm_up.ticks == 0 || warm_up.seconds < seconds / 4; ticks *= 2) {
    warm_up = run(ticks);
    if (pending_signal() != 0) return;
    chunk_ticks_ = ticks_in(chunk_seconds, warm_up);
  }
  sample_ticks_ = ticks_in(seconds, warm_up);
}

Sample Rung::sample() { return run(sample_ticks_); }

Sample Rung::run(u64 ticks) {
  const u64 period = std::min(workload_.period(replicas_) - start_.tick, most_ticks_at_once);
  Sample sample = {0, 0, std::vector<u64>(sim::count_kinds)};
  while (sample.ticks < ticks) {
    const u64 end = sample.ticks + std::min(period, ticks - sample.ticks);
    engine_->restore(start_);
    while (sample.ticks < end) {
      if (pending_signal() != 0) return sample;
      const u64 now = std::min(chunk_ticks_, end - sample.ticks);
      const Stopwatch watch;
      engine_->advance(now, {}, recording_);
      sample.seconds += watch.seconds();
      sample.ticks += now;
      recording_.clear();
    }
    add_counts(sample.counts, engine_->state(), start_);
  }
  return sample;
}

}  // namespace spikefab::cli
