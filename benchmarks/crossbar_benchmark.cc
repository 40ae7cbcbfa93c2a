// Ticks per second of the naive loop and of every engine, on the same networks. Before a network is
// timed, potentials after its first ticks are compared between the naive loop and the engine.
#include <benchmark/benchmark.h>

#include <memory>

#include "base/registry.h"
#include "benchmarks/naive.h"
#include "benchmarks/networks.h"
#include "sim/engine.h"

namespace spikefab::benchmarks {
namespace {

constexpr u64 stimulus_ticks = 200;  // networks run round their stimulus by loading again

struct Case {
  std::string name;
  std::function<std::optional<Imported>()> make;
};

std::vector<Case> cases() {
  std::vector<Case> out;
  for (const std::string grid : {"12core", "128core", "512core"}) {
    out.push_back(
        {"mnist100_" + grid, [=] { return mnist100(grid, IdleCores::left_out, stimulus_ticks); }});
    out.push_back({"mnist100_" + grid + "_all_cores",
                   [=] { return mnist100(grid, IdleCores::kept, stimulus_ticks); }});
  }
  for (const u32 cores : {12u, 128u, 512u}) {
    for (const u32 percent : {1u, 10u, 50u}) {
      out.push_back({"active_" + std::to_string(cores) + "cores_" + std::to_string(percent) + "pct",
                     [=] { return active_chip(cores, percent, 20); }});
    }
  }
  return out;
}

// Networks are made once and kept for the next engine.
const Imported* network(const Case& c) {
  static std::map<std::string, std::optional<Imported>> made;
  const auto found = made.find(c.name);
  if (found != made.end()) return found->second ? &*found->second : nullptr;
  const auto& input = made.emplace(c.name, c.make()).first->second;
  return input ? &*input : nullptr;
}

void report(benchmark::State& state, const Program& program, u64 ticks, u64 synaptic_events) {
  using benchmark::Counter;
  const auto rate = [](u64 n) { return Counter(static_cast<double>(n), Counter::kIsRate); };
  state.counters["ticks/s"] = rate(ticks);
  state.counters["neuron_updates/s"] = rate(ticks * program.neurons());
  if (synaptic_events > 0) state.counters["synaptic_events/s"] = rate(synaptic_events);
}

std::unique_ptr<sim::Engine> loaded(const std::string& name, const Imported& input) {
  auto engine = Registry<sim::Engine>::make(name);
  engine->load(input.program, input.stimulus);
  return engine;
}

// The stimulus is run in a circle: after its last tick the state of tick 0 is restored, so that
// every iteration does the same work.
void time_engine(benchmark::State& state, const std::string& name, const Case& c) {
  const Imported* input = network(c);
  if (!input) return state.SkipWithError("no shared data (set SPIKEFAB_DATA)");
  const auto engine = loaded(name, *input);
  const sim::State start = engine->state();
  sim::Recording recording;
  u64 ticks = 0;
  u64 events = 0;
  for (auto _ : state) {
    engine->advance(input->stimulus.ticks, {}, recording);
    state.PauseTiming();
    ticks += input->stimulus.ticks;
    events += engine->state().counts[sim::synaptic_events];
    engine->restore(start);
    recording.clear();
    state.ResumeTiming();
  }
  report(state, input->program, ticks, events);
}

void time_naive(benchmark::State& state, const Case& c) {
  const Imported* input = network(c);
  if (!input) return state.SkipWithError("no shared data (set SPIKEFAB_DATA)");
  constexpr u64 ticks_per_iteration = 5;
  Naive naive(input->program, input->stimulus);
  const auto engine = loaded("serial", *input);
  sim::Recording recording;
  naive.advance(ticks_per_iteration);
  engine->advance(ticks_per_iteration, {}, recording);
  if (naive.potentials() != engine->state().neuron_state) {
    return state.SkipWithError("the naive loop and the serial engine disagree");
  }
  u64 ticks = 0;
  for (auto _ : state) {
    if (ticks + ticks_per_iteration > input->stimulus.ticks - ticks_per_iteration) {
      state.PauseTiming();
      naive = Naive(input->program, input->stimulus);
      ticks = 0;
      state.ResumeTiming();
    }
    naive.advance(ticks_per_iteration);
    ticks += ticks_per_iteration;
  }
  report(state, input->program, static_cast<u64>(state.iterations()) * ticks_per_iteration, 0);
}

const bool registered = [] {
  for (const Case& c : cases()) {
    benchmark::RegisterBenchmark(("naive/" + c.name).c_str(), [c](benchmark::State& state) {
      time_naive(state, c);
    })->Unit(benchmark::kMillisecond);
    for (const std::string& name : Registry<sim::Engine>::names()) {
      benchmark::RegisterBenchmark((name + "/" + c.name).c_str(), [c,
                                                                   name](benchmark::State& state) {
        time_engine(state, name, c);
      })->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace spikefab::benchmarks
