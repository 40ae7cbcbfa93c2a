// Where and how ticks are executed. All engines give the same bits (tests/agree_test.cc).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arch/program.h"
#include "arch/stimulus.h"
#include "base/error.h"
#include "base/params.h"
#include "sim/recording.h"
#include "sim/state.h"

namespace spikefab::sim {

class Engine {
 public:
  static constexpr std::string_view kind = "engine";
  virtual ~Engine() = default;

  // Why this engine cannot run on this machine, or nothing if it can.
  virtual std::optional<std::string> unavailable() const { return std::nullopt; }

  // What users may choose about how it runs, never what comes out.
  virtual std::vector<ParamSpec> options() const { return {}; }

  // One value for each of options(), each in its range; before load(). Throws UsageError for values
  // that cannot be had together or here.
  virtual void configure(const std::vector<i32>& values) { SPIKEFAB_ASSERT(values.empty()); }

  // How it runs what is loaded, in a few words for logs, such as "4 threads, AVX-512".
  virtual std::string how() const { return ""; }

  // Replaces what is loaded and sets the state before tick 0, one replica per replica of the
  // stimulus. Both must have passed check_program and check_stimulus; they are not kept.
  // Throws ResourceError if they do not fit into memory.
  virtual void load(const Program& program, const Stimulus& stimulus) = 0;

  // Runs the next `ticks` ticks and appends to `recording` what the plan asks for.
  virtual void advance(u64 ticks, const RecordPlan& plan, Recording& recording) = 0;

  // The state between two ticks, and back to it. restore() needs a state that a run
  // of this program can have; neurons without synapses may rely on theirs.
  virtual State state() const = 0;
  virtual void restore(const State& state) = 0;
};

// The engine of a specification NAME[:OPTION=VALUE[,OPTION=VALUE]...], such as "cpu:threads=4",
// configured. Throws UsageError if there is no such engine or option, or a value is out of range.
std::unique_ptr<Engine> make_engine(const std::string& specification);

}  // namespace spikefab::sim
