// A loaded program that is being run: what an engine makes for one organisation of cores. The
// contract of each function is that of Engine (sim/engine.h).
#pragma once

#include <string>

#include "sim/recording.h"
#include "sim/state.h"

namespace spikefab::sim {

class ChipRunner {
 public:
  virtual ~ChipRunner() = default;
  virtual std::string how() const { return ""; }
  virtual void advance(u64 ticks, const RecordPlan& plan, Recording& recording) = 0;
  virtual State state() const = 0;
  virtual void restore(const State& state) = 0;
};

}  // namespace spikefab::sim
