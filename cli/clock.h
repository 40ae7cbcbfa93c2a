// Wall-clock times for provenance and durations for speed; never part of a result.
#pragma once

#include <chrono>
#include <string>

namespace spikefab::cli {

// "2026-01-31T12:00:00Z".
std::string utc_text(std::chrono::system_clock::time_point time);

// Now, or SOURCE_DATE_EPOCH where the environment asks for repeatable times.
std::string utc_now_text();

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace spikefab::cli
