// The workloads of `bench engines`: chips and what they are given to do, by name.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"
#include "sim/state.h"

namespace spikefab::cli {

inline constexpr u64 endless = u64{1} << 62;

struct Workload {
  std::string name;
  std::string about;
  Program program;
  double make_seconds = 0;

  // After so many ticks it has no more to do and must begin anew; or `endless`.
  u64 period(u32 replicas) const { return replicas == 1 ? single_ticks : batch_ticks; }
  u64 single_ticks = 0;
  u64 batch_ticks = 0;

  // That of one replica of a batch; replicas differ. More ticks begin with those of fewer.
  std::function<Stimulus(u32 replica, u64 ticks)> stimulus;

  // The state before tick 0 of replicas [first, first + count).
  std::function<sim::State(const Program& program, u32 first, u32 count)> start;
};

struct WorkloadEntry {
  std::string name;
  // Throws InputError if data that it needs is not there, ResourceError if it does not fit.
  std::function<Workload()> make;
  bool needs_data = false;  // of $SPIKEFAB_DATA
};

// All there are, in the order in which they are run.
std::vector<WorkloadEntry> all_workloads();

// Those named: each name is that of a workload or, as "active_512" or "mnist100", the beginning of
// several. All of them if there is no name. Throws UsageError.
std::vector<WorkloadEntry> find_workloads(const std::vector<std::string>& names);

}  // namespace spikefab::cli
