// The rungs of the ladder of `bench engines`: an engine that has loaded a workload, and its
// samples.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/bench_workloads.h"
#include "sim/engine.h"

namespace spikefab::cli {

// ENGINE[:OPTION=VALUE[,OPTION=VALUE]...][@REPLICAS]: an engine as sim::make_engine() takes it, or
// "naive" (cli/naive_engine.h), and how many replicas it runs at once.
struct RungSpec {
  std::string text;
  std::string engine;  // without replicas
  u32 replicas = 1;
  std::string name() const { return engine.substr(0, engine.find(':')); }
};

// Enough for spikes to have come round: delays of the workloads are below.
inline constexpr u64 usual_check_ticks = 8;

// The rungs of a list with commas between them; throws UsageError.
std::vector<RungSpec> parse_rungs(const std::string& list);

// Throws UsageError if this build does not have an engine of them, or an engine not its options.
void check_names(const std::vector<RungSpec>& rungs);

// Why this build or machine does not have the engine of a rung, or "".
std::string why_not(const RungSpec& spec);

// The states that rungs must reach, from the engine serial; one replica at a time, each once.
class Reference {
 public:
  explicit Reference(const Workload& workload) : workload_(workload) {}
  u64 digest_after(u64 ticks, u32 replica);

 private:
  const Workload& workload_;
  std::map<std::pair<u64, u32>, u64> digests_;
};

struct Sample {
  u64 ticks = 0;
  double seconds = 0;
  std::vector<u64> counts;  // [Count] of all replicas
};

class Rung {
 public:
  // Loads the workload. Throws ResourceError if it does not fit.
  Rung(const RungSpec& spec, const Workload& workload);

  // Runs so many ticks, but at most half of a workload that ends, and compares the first, a middle
  // and the last replica with the reference. Means nothing if pending_signal().
  bool agrees(Reference& reference, u64 ticks);

  // Warms up, and finds how many ticks a sample of about so many seconds has. Without it: one.
  void calibrate(double seconds);

  // Always the same ticks, from where agrees() had come; cut if pending_signal().
  Sample sample();

  u32 replicas() const { return replicas_; }
  u64 checked_ticks() const { return start_.tick; }
  u64 digest() const { return sim::digest(workload_.program, start_, 0); }  // after those
  u32 threads() const;
  double load_seconds() const { return load_seconds_; }
  std::string how() const { return engine_->how(); }

 private:
  // Runs ticks, beginning anew wherever the workload ends.
  Sample run(u64 ticks);

  const Workload& workload_;
  std::unique_ptr<sim::Engine> engine_;
  u32 replicas_;
  u64 sample_ticks_ = 1;
  u64 chunk_ticks_ = 1;
  double load_seconds_ = 0;
  sim::State start_;  // of every sample
  sim::Recording recording_;
};

}  // namespace spikefab::cli
