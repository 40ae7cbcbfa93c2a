#include "cli/engine_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

#include "base/random.h"
#include "base/suggest.h"
#include "cli/bytes_per_tick.h"
#include "cli/clock.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/machine.h"
#include "cli/outside_command.h"

namespace spikefab::cli {
namespace {

struct Spread {
  double median = 0, min = 0, max = 0;
};

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = values.size();
  return {(values[(n - 1) / 2] + values[n / 2]) / 2, values.front(), values.back()};
}

void add_spread(Json& row, const std::string& name, const Spread& spread) {
  row[name] = spread.median;
  row[name + "_min"] = spread.min;
  row[name + "_max"] = spread.max;
}

double as_double(u64 n) { return static_cast<double>(n); }

// No engine has a space in its name.
std::string name_of(const std::string& command) {
  const std::string word = command.substr(0, command.find(' '));
  return "vs " + word.substr(word.rfind('/') + 1);
}

// A batch that was cut has another name than the one that was asked for.
std::string name_of(const RungSpec& spec, u32 replicas) {
  if (replicas == spec.replicas) return spec.text;
  const std::string name = fmt::format("{}@{}", spec.engine, replicas);
  log_warning("{} is cut to {}, so that the states fit into memory", spec.text, name);
  return name;
}

void add_check(Json& row, const Rung& rung) {
  row["load_seconds"] = rung.load_seconds();
  row["checked_ticks"] = rung.checked_ticks();
  row["state_digest"] = fmt::format("{:016x}", rung.digest());
}

void add_times(Json& row, const std::vector<CommandTimes>& times) {
  const auto add = [&](const char* name, double CommandTimes::*time) {
    std::vector<double> values;
    for (const CommandTimes& t : times) values.push_back(t.*time);
    add_spread(row, name, spread_of(values));
  };
  add("wall_seconds", &CommandTimes::wall_seconds);
  add("user_seconds", &CommandTimes::user_seconds);
  add("system_seconds", &CommandTimes::system_seconds);
}

Json facts_of(const Workload& workload) {
  const Program& p = workload.program;
  Json facts = {{"workload", workload.name},
                {"about", workload.about},
                {"cores", p.cores()},
                {"axons_per_core", ratio(axons_of(p), p.cores())},
                {"neurons", p.neurons()},
                {"connections", p.connections()},
                {"density_percent", nullptr},
                {"make_seconds", workload.make_seconds},
                {"peak_memory_bytes", peak_memory()}};
  if (p.chip.has_crossbars()) {
    facts["axons_per_core"] = p.chip.axons;
    const double points = as_double(p.neurons()) * p.chip.axons;
    facts["density_percent"] = 100 * ratio(as_double(p.connections()), points);
  }
  return facts;
}

}  // namespace

// One that takes part: an engine, or the outside command.
struct EngineBench::Runner {
  std::string name;
  std::unique_ptr<Rung> rung;
  std::vector<Sample> samples;
  std::vector<CommandTimes> times;  // of the outside command
  bool failed = false;              // for want of memory

  bool is_naive() const { return name == "naive"; }
  u32 replicas() const { return rung ? rung->replicas() : 1; }

  // Ticks of single replicas per second, in each sample.
  Spread replica_ticks_per_second() const {
    std::vector<double> rates;
    for (const Sample& s : samples) rates.push_back(as_double(s.ticks * replicas()) / s.seconds);
    return spread_of(rates);
  }
};

EngineBench::EngineBench(EngineBenchPlan plan) : plan_(std::move(plan)) {
  std::erase_if(plan_.rungs, [this](const RungSpec& spec) {
    const std::string reason = why_not(spec);
    if (reason.empty()) return false;
    leave_out("all", spec.text, reason);
    all_ran_ = false;
    return true;
  });
}

bool EngineBench::run(const Workload& workload) {
  log_info("{}: {} cores, {}", workload.name, workload.program.cores(), workload.about);
  std::vector<Runner> runners = open(workload);
  if (pending_signal() != 0 || !take_samples(workload, runners)) return false;
  workloads_.push_back(facts_of(workload));
  add_rows(workload, runners);
  return true;
}

void EngineBench::skip(const std::string& workload, const std::string& reason) {
  leave_out(workload, "all", reason);
}

void EngineBench::leave_out(const std::string& workload, const std::string& engine,
                            const std::string& reason) {
  log_warning("not run: engines {}, workloads {}: {}", engine, workload, reason);
  not_run_.push_back({{"workload", workload}, {"engine", engine}, {"reason", reason}});
}

// In a catch block.
void EngineBench::leave_out_for_lack(const std::string& workload, const std::string& engine) {
  leave_out(workload, engine, lack_of_resources());
  all_ran_ = false;
}

std::vector<EngineBench::Runner> EngineBench::open(const Workload& workload) {
  std::vector<Runner> runners;
  Reference reference(workload);
  for (const RungSpec& spec : plan_.rungs) {
    if (pending_signal() != 0) break;
    if (spec.name() == "naive" && !workload.program.chip.has_crossbars()) {
      leave_out(workload.name, spec.text, "it knows crossbars only");
      all_ran_ = false;
      continue;
    }
    try {
      auto rung = std::make_unique<Rung>(spec, workload);
      const bool agrees = rung->agrees(reference, check_ticks(spec, workload.program));
      if (pending_signal() != 0) break;
      if (agrees) {
        rung->calibrate(plan_.sample_seconds);
        const std::string name = name_of(spec, rung->replicas());
        runners.push_back({name, std::move(rung), {}, {}});
        continue;
      }
      log_error("{}: the state of {} differs from that of serial", workload.name, spec.text);
      leave_out(workload.name, spec.text, "its state differs from that of serial");
      all_agree_ = false;
    } catch (...) {
      leave_out_for_lack(workload.name, spec.text);
    }
  }
  if (plan_.versus) runners.push_back({name_of(plan_.versus->command), nullptr, {}, {}});
  return runners;
}

// The naive loop takes the better part of a second for a tick of a large chip.
u64 EngineBench::check_ticks(const RungSpec& spec, const Program& program) const {
  constexpr u32 large = 1000;
  const bool quick = plan_.sample_seconds == 0;
  return quick && spec.name() == "naive" && program.cores() > large ? 1 : plan_.check_ticks;
}

// All take a sample in each round, in an order that changes, so that a noisy machine disturbs all
// alike.
bool EngineBench::take_samples(const Workload& workload, std::vector<Runner>& runners) {
  RandomStream random(workloads_.size());
  std::vector<std::size_t> order(runners.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (u64 round = 0; round < plan_.repetitions; ++round) {
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[(u64{random.next()} * i) >> 32]);
    }
    for (const std::size_t i : order) {
      if (!take_sample(workload, runners[i])) return false;
    }
  }
  std::erase_if(runners, [](const Runner& runner) { return runner.failed; });
  return true;
}

// False if a signal came.
bool EngineBench::take_sample(const Workload& workload, Runner& runner) {
  if (runner.failed) return true;
  if (!runner.rung) return run_outside(runner);
  try {
    runner.samples.push_back(runner.rung->sample());
  } catch (...) {
    leave_out_for_lack(workload.name, runner.name);
    runner.failed = true;
    runner.rung.reset();
  }
  return pending_signal() == 0;
}

bool EngineBench::run_outside(Runner& runner) {
  try {
    const std::string& command = plan_.versus->command;
    runner.times.push_back(run_command(command, "--vs '" + printable(command) + "'"));
  } catch (const InputError&) {
    if (pending_signal() == 0) throw;
    return false;  // the signal was passed on to the command
  }
  runner.samples.push_back({plan_.versus->ticks, runner.times.back().wall_seconds, {}});
  return pending_signal() == 0;
}

void EngineBench::add_rows(const Workload& workload, const std::vector<Runner>& runners) {
  const auto speed_of = [&](const std::string& name) {
    const auto found = std::find_if(runners.begin(), runners.end(),
                                    [&](const Runner& r) { return r.name == name; });
    return found == runners.end() ? 0 : found->replica_ticks_per_second().median;
  };
  const double naive = speed_of("naive");
  const double serial = speed_of("serial");
  for (const Runner& runner : runners) {
    const Spread speed = runner.replica_ticks_per_second();
    const auto times = [&](double other) {
      return other > 0 ? Json(speed.median / other) : Json();
    };
    Json row = {{"workload", workload.name},
                {"engine", runner.name},
                {"how", runner.rung ? runner.rung->how() : "an outside command"},
                {"threads", runner.rung ? runner.rung->threads() : 1},
                {"replicas", runner.replicas()},
                {"samples", runner.samples.size()},
                {"ticks_per_sample", runner.samples.front().ticks},
                {"ticks_per_second", speed.median / runner.replicas()}};
    add_spread(row, "replica_ticks_per_second", speed);
    row["neuron_updates_per_second"] = speed.median * as_double(workload.program.neurons());
    add_bytes(row, workload, runner);
    row["x_naive"] = times(naive);
    row["x_serial"] = times(serial);
    if (plan_.versus) row["x_outside"] = times(speed_of(runners.back().name));
    row["load_seconds"] = nullptr;
    runner.rung ? add_check(row, *runner.rung) : add_times(row, runner.times);
    results_.push_back(row);
  }
}

// What follows from counts, which neither the naive loop nor an outside command has.
void EngineBench::add_bytes(Json& row, const Workload& workload, const Runner& runner) {
  for (const char* key : {"synaptic_events_per_second", "axon_activity_percent", "firing_percent",
                          "bytes_per_tick", "ceiling_bytes_per_second", "ceiling_percent"}) {
    row[key] = nullptr;
  }
  if (!runner.rung || runner.is_naive()) return;
  const Program& p = workload.program;
  const Sample& sample = runner.samples.front();
  const double speed = row.at("replica_ticks_per_second");
  const double replica_ticks = as_double(sample.ticks * runner.replicas());
  const double axons = axons_of(p);
  const auto per_tick = [&](sim::Count kind) {
    return as_double(sample.counts[kind]) / replica_ticks;
  };
  row["synaptic_events_per_second"] = per_tick(sim::synaptic_events) * speed;
  row["axon_activity_percent"] = 100 * ratio(per_tick(sim::axon_events), axons);
  row["firing_percent"] = 100 * ratio(per_tick(sim::spikes), as_double(p.neurons()));

  const double bytes = bytes_per_tick(p, runner.replicas(), sample);
  row["bytes_per_tick"] = bytes;
  const bool on_gpu = runner.name.starts_with("cuda");
  if (on_gpu && !plan_.gpu) return;
  const u64 working_set = static_cast<u64>(bytes);
  const double ceiling = on_gpu ? plan_.gpu->bytes_per_second(working_set)
                                : memory_.bytes_per_second(working_set, runner.rung->threads());
  row["ceiling_bytes_per_second"] = ceiling;
  row["ceiling_percent"] = 100 * bytes * speed / runner.replicas() / ceiling;
}

Json EngineBench::document() const {
  return {{"repetitions", plan_.repetitions},
          {"sample_seconds", plan_.sample_seconds},
          {"check_ticks", plan_.check_ticks},
          {"workloads", workloads_},
          {"results", results_},
          {"not_run", not_run_}};
}

Json EngineBench::tables() const {
  Json rows = Json::array();
  for (const Json& result : results_) {
    Json row;
    const auto add = [&](const char* name, const char* key) { row[name] = result.at(key); };
    add("workload", "workload");
    add("engine", "engine");
    add("replicas", "replicas");
    add("ticks/s", "replica_ticks_per_second");
    add("min", "replica_ticks_per_second_min");
    add("max", "replica_ticks_per_second_max");
    add("neuron-updates/s", "neuron_updates_per_second");
    add("synaptic_events/s", "synaptic_events_per_second");
    add("axons_%", "axon_activity_percent");
    add("bytes/tick", "bytes_per_tick");
    add("of_ceiling_%", "ceiling_percent");
    add("x_naive", "x_naive");
    add("x_serial", "x_serial");
    if (plan_.versus) add("x_outside", "x_outside");
    add("load_s", "load_seconds");
    rows.push_back(row);
  }
  Json workloads = Json::array();
  for (const Json& workload : workloads_) {
    const double peak = workload.at("peak_memory_bytes").get<double>();
    workloads.push_back({{"workload", workload.at("workload")},
                         {"cores", workload.at("cores")},
                         {"neurons", workload.at("neurons")},
                         {"connections", workload.at("connections")},
                         {"make_s", workload.at("make_seconds")},
                         {"peak_MiB", std::round(peak / (1 << 20))}});
  }
  return {{"speed", rows}, {"workloads", workloads}, {"not_run", not_run_}};
}

std::string lack_of_resources() {
  try {
    throw;
  } catch (const ResourceError& e) {
    return e.what();
  } catch (const std::bad_alloc&) {
    return "out of memory";
  }
}

}  // namespace spikefab::cli
