// What the options of `spikefab run` ask for, checked against each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/run_output.h"

namespace spikefab::cli {

struct RunRequest {
  std::string program;
  std::vector<std::string> stimuli;
  std::string engine;
  std::optional<std::string> checkpoint;  // to go on from
  std::optional<u64> end_tick;
  sim::RecordPlan plan;
  std::optional<RunOutputOptions> output;

  std::vector<std::string> input_paths() const;
};

// Throws UsageError if options contradict each other.
RunRequest read_run_request(const Arguments& arguments);

}  // namespace spikefab::cli
