// Which engine runs: the one asked for, or the best that this machine has for what is loaded.
#pragma once

#include <memory>
#include <string>

#include "cli/arguments.h"
#include "sim/engine.h"

namespace spikefab::cli {

// "auto|cpu|...[:...]": the value name of --engine.
std::string engine_choices();
extern const char* const engine_help;

// Logs in one line, when it is first loaded, what runs and why. "auto" takes at each load the first
// of cuda (if there is work enough for it), cpu and serial that is there and has the memory; an
// engine that was asked for by its specification (sim/engine.h) runs or throws ResourceError.
class ChosenEngine final : public sim::Engine {
 public:
  explicit ChosenEngine(const std::string& specification);

  const std::string& name() const { return name_; }  // of what runs, once loaded

  std::string how() const override { return engine_->how(); }
  void load(const Program& program, const Stimulus& stimulus) override;
  void advance(u64 ticks, const sim::RecordPlan& plan, sim::Recording& recording) override {
    engine_->advance(ticks, plan, recording);
  }
  sim::State state() const override { return engine_->state(); }
  void restore(const sim::State& state) override { engine_->restore(state); }

 private:
  void load_best(const Program& program, const Stimulus& stimulus);
  void announce(const std::string& why);

  bool automatic_;
  std::string name_;
  std::unique_ptr<sim::Engine> engine_;
  std::string announced_;  // the name of the last one
};

}  // namespace spikefab::cli
