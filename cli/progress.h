// The progress line on stderr: at most ten times a second on a terminal, else a log line every 30
// s.
#pragma once

#include <string>

#include "base/hd.h"
#include "cli/clock.h"

namespace spikefab::cli {

enum class ProgressMode { none, line, plain, json };

void set_progress_mode(ProgressMode mode);

// Removes a drawn line, so that something else can be written; the next update draws it again.
void clear_progress_line();

class Progress {
 public:
  // `unit` is what is counted, as in "ticks".
  Progress(std::string unit, u64 total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(u64 done);

 private:
  std::string text(u64 done) const;
  std::string json(u64 done) const;

  std::string unit_;
  u64 total_;
  Stopwatch since_start_;
  double last_shown_ = 0;
};

}  // namespace spikefab::cli
