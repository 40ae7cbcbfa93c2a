// The benchmark of engines: rungs on workloads in turn, and what there is to say about them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bench_rung.h"
#include "cli/ceilings.h"
#include "cli/result.h"

namespace spikefab::cli {

struct OutsideCommand {
  std::string command;  // for /bin/sh
  u64 ticks = 0;        // that it runs
};

struct EngineBenchPlan {
  std::vector<RungSpec> rungs;
  u64 repetitions = 5;
  double sample_seconds = 0.2;          // 0: one tick
  u64 check_ticks = usual_check_ticks;  // before the first sample
  std::optional<OutsideCommand> versus;
  std::optional<GpuCeilings> gpu;
};

class EngineBench {
 public:
  explicit EngineBench(EngineBenchPlan plan);

  // Adds the rows of one workload; false if a signal came, then there are none of it.
  bool run(const Workload& workload);

  // A workload that cannot run, and why.
  void skip(const std::string& workload, const std::string& reason);

  // Did each engine reach the state of the reference? Could each run?
  bool all_agree() const { return all_agree_; }
  bool all_ran() const { return all_ran_; }

  // All that was measured, and the same as tables for people.
  Json document() const;
  Json tables() const;

 private:
  struct Runner;
  void leave_out(const std::string& workload, const std::string& engine, const std::string& reason);
  void leave_out_for_lack(const std::string& workload, const std::string& engine);
  std::vector<Runner> open(const Workload& workload);
  u64 check_ticks(const RungSpec& spec, const Program& program) const;
  bool take_samples(const Workload& workload, std::vector<Runner>& runners);
  bool take_sample(const Workload& workload, Runner& runner);
  bool run_outside(Runner& runner);
  void add_rows(const Workload& workload, const std::vector<Runner>& runners);
  void add_bytes(Json& row, const Workload& workload, const Runner& runner);

  EngineBenchPlan plan_;
  MemoryCeilings memory_;
  Json workloads_ = Json::array();
  Json results_ = Json::array();
  Json not_run_ = Json::array();
  bool all_agree_ = true;
  bool all_ran_ = true;
};

// In a catch block: why what was thrown is a lack of memory or of another resource. What is none is
// thrown on.
std::string lack_of_resources();

}  // namespace spikefab::cli
