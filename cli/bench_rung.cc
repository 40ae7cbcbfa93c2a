#include "cli/bench_rung.h"

#include <algorithm>
#include <charconv>

#include "base/registry.h"
#include "cli/arguments.h"
#include "cli/clock.h"
#include "cli/naive_engine.h"

namespace spikefab::cli {
namespace {

// What is recorded of them fits into memory.
constexpr u64 most_ticks_at_once = 20'000;

// A batch has at most so many cores in all replicas, so that states are a few GiB.
constexpr u64 most_cores = u64{1} << 19;

u32 affordable_replicas(u32 replicas, const Program& program) {
  const u64 most = std::max(most_cores / std::max(program.cores(), 1u), u64{1});
  return static_cast<u32>(std::min<u64>(replicas, most));
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
  if (spec.engine == "naive" && spec.replicas > 1) {
    throw UsageError("--engines: the naive loop runs one replica only");
  }
  return spec;
}

std::unique_ptr<sim::Engine> make_engine(const RungSpec& spec) {
  if (spec.name() == "naive") return std::make_unique<NaiveEngine>();
  return sim::make_engine(spec.engine);
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
    sim::Recording ignored;
    serial->load(workload_.program, workload_.stimulus(replica, ticks));
    serial->restore(workload_.start(workload_.program, replica, 1));
    serial->advance(ticks, {}, ignored);
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
  for (u64 done = 0; done < ticks;) {
    const u64 now = std::min(ticks - done, most_ticks_at_once);
    engine_->advance(now, {}, recording_);
    recording_.clear();
    done += now;
  }
  start_ = engine_->state();
  for (const u32 replica : {0u, replicas_ / 2, replicas_ - 1}) {
    const u64 have = sim::digest(workload_.program, start_, replica);
    if (have != reference.digest_after(ticks, replica)) return false;
  }
  return true;
}

void Rung::calibrate(double seconds) {
  Sample warm_up;
  for (u64 ticks = 1; warm_up.ticks == 0 || warm_up.seconds < seconds / 4; ticks *= 2) {
    warm_up = run(ticks);
  }
  const double ticks = static_cast<double>(warm_up.ticks) / warm_up.seconds * seconds;
  sample_ticks_ = std::max(static_cast<u64>(ticks), u64{1});
}

Sample Rung::sample() { return run(sample_ticks_); }

Sample Rung::run(u64 ticks) {
  const u64 period = std::min(workload_.period(replicas_) - start_.tick, most_ticks_at_once);
  Sample sample = {0, 0, std::vector<u64>(sim::count_kinds)};
  while (sample.ticks < ticks) {
    const u64 now = std::min(period, ticks - sample.ticks);
    engine_->restore(start_);
    const Stopwatch watch;
    engine_->advance(now, {}, recording_);
    sample.seconds += watch.seconds();
    sample.ticks += now;
    add_counts(sample.counts, engine_->state(), start_);
    recording_.clear();
  }
  return sample;
}

}  // namespace spikefab::cli
