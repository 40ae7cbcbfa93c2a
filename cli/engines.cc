#include "cli/engines.h"

#include <algorithm>
#include <vector>

#include "base/registry.h"
#include "cli/log.h"

namespace spikefab::cli {
namespace {

// From the best on; the last one runs everywhere.
constexpr const char* preferred[] = {"cuda", "cpu", "serial"};

// Neurons times replicas below which a GPU, whose tick takes 2 us or more, is not worth asking
// (docs/engines.md).
constexpr u64 least_neurons_for_gpu = 30'000;

bool is_worth_a_gpu(const Program& program, const Stimulus& stimulus) {
  return program.neurons() * stimulus.replicas >= least_neurons_for_gpu;
}

}  // namespace

const char* const engine_help =
    "what runs the ticks; also with options, such as cpu:threads=4 ('spikefab list' has them)";

std::string engine_choices() {
  return "auto|" + join(Registry<sim::Engine>::names(), "|") + "[:...]";
}

ChosenEngine::ChosenEngine(const std::string& specification)
    : automatic_(specification == "auto"), name_(specification) {
  if (automatic_) return;
  if (specification.starts_with("auto:")) throw UsageError("engine auto takes no options");
  engine_ = sim::make_engine(specification);
  if (const auto why_not = engine_->unavailable()) {
    throw ResourceError("engine " + name_ + " cannot run here: " + *why_not +
                        "; try --engine auto");
  }
}

void ChosenEngine::load(const Program& program, const Stimulus& stimulus) {
  if (automatic_) return load_best(program, stimulus);
  engine_->load(program, stimulus);
  announce("as asked");
}

void ChosenEngine::load_best(const Program& program, const Stimulus& stimulus) {
  std::string why = "auto";
  const auto names = Registry<sim::Engine>::names();
  for (const std::string name : preferred) {
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    // The one of the load before is kept: a GPU takes long to start.
    auto engine = name == name_ ? std::move(engine_) : sim::make_engine(name);
    auto why_not = engine->unavailable();
    if (!why_not && name == "cuda" && !is_worth_a_gpu(program, stimulus)) {
      why_not = "too few neurons to be worth it";
    }
    try {
      if (!why_not) engine->load(program, stimulus);
    } catch (const ResourceError& error) {
      if (name == std::end(preferred)[-1]) throw;
      why_not = error.what();
    }
    if (why_not) {
      why += "; not " + name + ": " + *why_not;
      continue;
    }
    name_ = name;
    engine_ = std::move(engine);
    return announce(why);
  }
}

void ChosenEngine::announce(const std::string& why) {
  if (announced_ == name_) return;
  announced_ = name_;
  const std::string how = engine_->how();
  log_info("engine: {} ({})", name_, how.empty() ? why : how + "; " + why);
}

}  // namespace spikefab::cli
