// One `spikefab run` from loaded files to results; the steps are called in this order, once each.
#pragma once

#include <optional>

#include "cli/engines.h"
#include "cli/result_digest.h"
#include "cli/run_request.h"

namespace spikefab::cli {

class RunSession {
 public:
  // Loads program and stimuli into the engine and restores a checkpoint.
  explicit RunSession(const RunRequest& request);

  void advance();  // up to the last tick or the first signal

  // Closes the output folder, if there is one. `facts` tells how the run came to be.
  void write_output(RunFacts facts);

  bool interrupted() const { return tick_ < end_tick_; }
  Json summary() const;  // after write_output

 private:
  void restore(const std::string& path);
  void on_chunk(const Chunk& chunk);

  RunRequest request_;
  std::vector<InputFile> inputs_;  // if there is an output
  Program program_;
  u32 replicas_ = 1;
  std::string program_hash_;
  std::string stimulus_hash_;
  std::optional<ChosenEngine> chosen_;
  u64 first_tick_ = 0;
  u64 end_tick_ = 0;
  u64 tick_ = 0;
  double seconds_ = 0;
  ResultDigest digest_;
  std::optional<RunOutput> output_;
  Json outcome_;
  Json totals_;
};

}  // namespace spikefab::cli
