// spikefab bench engines: the rungs and their figures, the busy chips, the naive loop, the outside
// command, what is missing, errors.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <new>
#include <thread>

#include "cli/active_chip.h"
#include "cli/bench_rung.h"
#include "cli/bytes_per_tick.h"
#include "cli/ceilings.h"
#include "cli/engine_bench.h"
#include "cli/naive_engine.h"
#include "cli/outside_command.h"
#include "cli/sparse_chip.h"
#include "tests/support/engines.h"
#include "tests/support/random_program.h"
#include "tests/support/run_tool.h"

namespace spikefab::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void expect_error(const ToolRun& run, int code, const std::string& message) {
  EXPECT_EQ(run.code, code) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("error: " + message));
}

std::vector<std::string> quick(std::vector<std::string> more) {
  std::vector<std::string> words = {"bench", "engines", "--quick", "active_12_10"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

json result_of(const json& document, const std::string& engine) {
  for (const json& row : document.at("results")) {
    if (row.at("engine") == engine) return row;
  }
  ADD_FAILURE() << "no row of " << engine;
  return {};
}

TEST(EngineBench, JsonHasTheFiguresOfEveryRung) {
  const json document = run_tool_json(quick({"--engines", "naive,serial,serial@3"}));

  EXPECT_EQ(document.at("benchmark"), "engines");
  EXPECT_EQ(document.at("status"), "finished");
  EXPECT_TRUE(document.at("tool").contains("commit"));
  EXPECT_TRUE(document.at("machine").contains("cpu_features"));
  EXPECT_FALSE(document.at("machine").contains("host"));
  const json chip = document.at("workloads").at(0);
  EXPECT_EQ(chip.at("cores"), 12);
  EXPECT_NEAR(chip.at("density_percent"), 50, 1);
  const json naive = result_of(document, "naive");
  const json serial = result_of(document, "serial");
  const json batch = result_of(document, "serial@3");
  EXPECT_TRUE(naive.at("synaptic_events_per_second").is_null());
  EXPECT_EQ(naive.at("x_naive"), 1);
  EXPECT_EQ(serial.at("x_serial"), 1);
  EXPECT_GT(serial.at("x_naive"), 1);
  for (const char* key : {"ticks_per_second", "neuron_updates_per_second", "bytes_per_tick",
                          "synaptic_events_per_second", "ceiling_percent"}) {
    EXPECT_GT(serial.at(key), 0) << key;
  }
  EXPECT_EQ(naive.at("state_digest"), serial.at("state_digest"));
  EXPECT_EQ(batch.at("state_digest"), serial.at("state_digest"));
  EXPECT_EQ(batch.at("checked_ticks"), 8);
  EXPECT_EQ(batch.at("replicas"), 3);
  EXPECT_DOUBLE_EQ(batch.at("replica_ticks_per_second"),
                   3 * batch.at("ticks_per_second").get<double>());
}

TEST(EngineBench, OfSynapticMemoryHasTheFiguresOfAllButTheNaiveLoop) {
  const ToolRun run = run_tool({"bench", "engines", "sparse_100k", "--quick", "--check-ticks", "1",
                                "--engines", "naive,serial,cpu", "--json"});

  EXPECT_EQ(run.code, 5) << run.err;  // one of those that were named cannot run
  const json document = json::parse(run.out);
  const json chip = document.at("workloads").at(0);
  EXPECT_EQ(chip.at("connections"), 10'000'000);
  EXPECT_TRUE(chip.at("density_percent").is_null());
  EXPECT_GT(chip.at("make_seconds"), 0);
  EXPECT_GT(chip.at("peak_memory_bytes"), 40'000'000);
  for (const char* engine : {"serial", "cpu"}) {
    const json row = result_of(document, engine);
    EXPECT_NEAR(row.at("firing_percent"), 10, 1);
    EXPECT_NEAR(row.at("axon_activity_percent"), 10, 1);
    for (const char* key : {"load_seconds", "synaptic_events_per_second", "ceiling_percent"}) {
      EXPECT_GT(row.at(key), 0) << key;
    }
  }
  EXPECT_EQ(result_of(document, "cpu").at("state_digest"),
            result_of(document, "serial").at("state_digest"));
  EXPECT_EQ(document.at("not_run").at(0).at("engine"), "naive");
  EXPECT_EQ(document.at("not_run").at(0).at("reason"), "it knows crossbars only");
}

TEST(EngineBench, AWorkloadThatIsNamedAndMissingIsListedAndAnError) {
  RunningProgram tool({SPIKEFAB_TOOL, "bench", "engines", "mnist100_12", "active_12_1", "--quick",
                       "--engines", "serial", "--quiet"},
                      {"SPIKEFAB_DATA="});
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 5);
  EXPECT_THAT(run.out, AllOf(HasSubstr("\nspeed\n  workload "), HasSubstr("\n  active_12_1 "),
                             HasSubstr("\nnot run\n  workload    engine reason\n"
                                       "  mnist100_12 all ")));
  EXPECT_THAT(run.err, HasSubstr("SPIKEFAB_DATA is not set (set SPIKEFAB_DATA to a folder that "
                                 "has ranc/mnist100)"));
}

TEST(EngineBench, JsonCanAlsoGoToAFile) {
  const TempFolder folder;
  const std::string path = folder.file("speed.json");
  const auto words = quick({"--engines", "serial", "--json-out", path});

  run_ok(words);

  EXPECT_EQ(read_json(path).at("schema_version"), 1);
  EXPECT_EQ(read_json(path).at("results").size(), 1u);
  expect_error(run_tool(words), 2, path + " exists");
}

TEST(EngineBench, AnOutsideCommandIsTimedAndCompared) {
  const json document = run_tool_json(
      quick({"--engines", "serial", "--vs", "/bin/echo hi; sleep 0.01", "--vs-ticks", "10"}));

  const json outside = result_of(document, "vs echo");
  EXPECT_GE(outside.at("wall_seconds"), 0.01);
  EXPECT_DOUBLE_EQ(outside.at("ticks_per_second"), 10 / outside.at("wall_seconds").get<double>());
  EXPECT_EQ(outside.at("x_outside"), 1);
  EXPECT_DOUBLE_EQ(result_of(document, "serial").at("x_outside"),
                   result_of(document, "serial").at("ticks_per_second").get<double>() /
                       outside.at("ticks_per_second").get<double>());
}

TEST(EngineBench, AnOutsideCommandThatFailsIsAnErrorWithWhatItSaid) {
  const auto run_with = [](const std::string& command) {
    return run_tool(quick({"--engines", "serial", "--vs", command, "--vs-ticks", "1"}));
  };

  expect_error(
      run_with("echo one >&2; echo two >&2; exit 3"), 3,
      "--vs 'echo one >&2; echo two >&2; exit 3': ended with exit status 3 (it says: two)");
  expect_error(run_with("kill -9 $$"), 3, "--vs 'kill -9 $$': was killed by signal 9");
  expect_error(run_with("/no/such/simulator"), 3,
               "--vs '/no/such/simulator': ended with exit status 127");
}

// A plan for one short sample of each.
cli::EngineBenchPlan quick_plan(const std::string& engines) {
  cli::EngineBenchPlan plan;
  plan.rungs = cli::parse_rungs(engines);
  plan.repetitions = 1;
  plan.sample_seconds = 0;
  return plan;
}

cli::Workload small_workload() {
  cli::Workload workload;
  workload.name = "small";
  workload.program = cli::make_active_chip({.cores = 2});
  workload.single_ticks = workload.batch_ticks = 100;
  workload.stimulus = [](u32, u64) { return Stimulus{}; };
  workload.start = cli::active_state;
  return workload;
}

TEST(EngineBench, ARungWithoutMemoryIsListedAndTheRestGoesOn) {
  cli::Workload workload = small_workload();
  workload.start = [](const Program& p, u32 first, u32 count) {
    if (count == 2) throw std::bad_alloc();
    return cli::active_state(p, first, count);
  };
  cli::EngineBench bench(quick_plan("serial@2,serial"));

  EXPECT_TRUE(bench.run(workload));

  const json document = bench.document();
  EXPECT_FALSE(bench.all_ran());
  ASSERT_EQ(document.at("results").size(), 1u);
  EXPECT_EQ(document.at("results").at(0).at("engine"), "serial");
  EXPECT_EQ(document.at("not_run").at(0).at("engine"), "serial@2");
  EXPECT_EQ(document.at("not_run").at(0).at("reason"), "out of memory");
}

TEST(EngineBench, ABatchThatIsCutIsNamedByWhatRan) {
  cli::Workload workload = small_workload();
  workload.program = cli::make_active_chip({.cores = 1u << 18, .size = 1});
  cli::EngineBench bench(quick_plan("serial@3"));

  EXPECT_TRUE(bench.run(workload));

  EXPECT_EQ(bench.document().at("results").at(0).at("engine"), "serial@2");
}

struct Stop {
  int signal;
  const char* engines;
  std::vector<std::string> more;
  const char* sign;  // that it is at work
};

class EngineBenchStopped : public testing::TestWithParam<Stop> {};

TEST_P(EngineBenchStopped, ShowsTheWorkloadsThatFinished) {
  const auto& [signal, engines, more, sign] = GetParam();
  std::vector<std::string> words = {"bench", "engines", "--json", "--engines", engines};
  words.insert(words.end(), more.begin(), more.end());
  RunningProgram tool = start_tool(words);
  tool.wait_for_err(sign);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // it does not say what it does

  tool.send(signal);
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 128 + signal) << run.err;
  const json document = json::parse(run.out);
  EXPECT_EQ(document.at("status"), "interrupted");
  EXPECT_THAT(document.at("not_run"), testing::IsEmpty());
  EXPECT_THAT(run.err, HasSubstr("warning: interrupted: workload "));
}

INSTANTIATE_TEST_SUITE_P(
    Signals, EngineBenchStopped,
    testing::Values(
        Stop{SIGINT,
             "serial,naive",
             {"active_12_10", "--check-ticks", "1000000000"},
             "active_12_10: "},
        Stop{SIGTERM, "naive", {"active_12_1", "--sample-ms", "1000000"}, "active_12_1: "}),
    [](const auto& test) { return test.param.signal == SIGINT ? "check" : "sample"; });

TEST(EngineBench, AStopEndsTheOutsideCommandAndAllThatItStarted) {
  const TempFolder folder;
  const std::string path = folder.file("pid");
  RunningProgram tool =
      start_tool(quick({"--engines", "serial", "--vs", "sleep 1000 & echo $! >" + path + "; wait",
                        "--vs-ticks", "1", "--json"}));
  tool.wait_for([&] { return std::filesystem::exists(path) && std::filesystem::file_size(path); });
  pid_t started = 0;
  std::ifstream(path) >> started;

  tool.send(SIGTERM);
  const ToolRun run = tool.wait();

  EXPECT_EQ(run.code, 143) << run.err;
  EXPECT_EQ(json::parse(run.out).at("status"), "interrupted");
  const std::string process = "/proc/" + std::to_string(started) + "/exe";
  // It was killed, and goes as soon as the system comes to it.
  for (int wait = 0; wait < 1000 && std::filesystem::exists(process); ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_FALSE(std::filesystem::exists(process));
}

TEST(EngineBench, WrongCommandLinesAreUsageErrors) {
  expect_error(run_tool({"bench", "engines", "activ_12"}), 2,
               "no workload 'activ_12' (have: mnist");
  expect_error(run_tool(quick({"--engines", "sereal"})), 2,
               "no engine 'sereal' in this build (have: naive, cpu, ");
  expect_error(run_tool(quick({"--engines", "naive:threads=2"})), 2,
               "--engines: the naive loop takes no options");
  expect_error(run_tool(quick({"--engines", "serial:x=2"})), 2,
               "engine serial has no option 'x' (it has none)");
  expect_error(run_tool(quick({"--vs", "", "--vs-ticks", "1"})), 2, "--vs needs a command");
  expect_error(run_tool(quick({"--engines", "serial@0"})), 2,
               "--engines: 'serial@0' (after @ must come a number of replicas)");
  expect_error(run_tool(quick({"--engines", "naive@2"})), 2,
               "--engines: the naive loop runs one replica only");
  expect_error(run_tool(quick({"--vs", "true"})), 2, "--vs and --vs-ticks need each other");
  expect_error(run_tool({"bench", "engines", "active_12", "--vs", "true", "--vs-ticks", "1"}), 2,
               "--vs needs one WORKLOAD, not 5");
  expect_error(run_tool(quick({"--images", "3"})), 2,
               "--images is an option of bench mnist, not of engines");
  expect_error(run_tool({"bench", "mnist", "--vs", "x"}), 2,
               "--vs is an option of bench engines, not of mnist");
}

TEST(EngineBench, FloorsOfAnotherKindAreAnInputError) {
  const TempFolder folder;
  const std::string path = folder.write("floors.json", "{}");

  expect_error(run_tool(quick({"--gpu-floors", path})), 3,
               path + ": does not have what spikefab_floors writes");
}

TEST(RungSpec, ACommaInOptionsDoesNotEndTheRung) {
  const auto rungs = cli::parse_rungs("naive,cpu:threads=2,simd_bits=256@64,serial@8");

  ASSERT_EQ(rungs.size(), 3u);
  EXPECT_EQ(rungs[1].engine, "cpu:threads=2,simd_bits=256");
  EXPECT_EQ(rungs[1].name(), "cpu");
  EXPECT_EQ(rungs[1].replicas, 64u);
  EXPECT_EQ(rungs[2].engine, "serial");
  EXPECT_EQ(rungs[2].replicas, 8u);
}

// Runs a while after the first spikes have arrived; returns the shares of axons and neurons in %.
std::pair<double, double> activity(const Program& program, u64 ticks) {
  const auto serial = sim::make_engine("serial");
  sim::Recording recording;
  serial->load(program, {});
  serial->advance(4, {}, recording);
  const sim::State before = serial->state();
  serial->advance(ticks, {}, recording);
  const sim::State after = serial->state();
  const auto percent = [&](sim::Count kind, u64 of) {
    return 100 * static_cast<double>(after.counts[kind] - before.counts[kind]) /
           static_cast<double>(ticks * of);
  };
  EXPECT_EQ(after.counts[sim::merged], 0u);
  EXPECT_EQ(after.counts[sim::dropped], 0u);
  return {percent(sim::axon_events, u64{program.cores()} * program.chip.axons),
          percent(sim::spikes, program.neurons())};
}

TEST(ActiveChip, IsAsActiveAsAskedFor) {
  for (const u32 percent : {1u, 5u, 10u, 20u, 50u}) {
    const Program program = cli::make_active_chip({.cores = 12, .percent = percent});
    EXPECT_NO_THROW(check_program(program, "active chip"));

    const auto [axons, neurons] = activity(program, 200);

    EXPECT_NEAR(axons, percent, 0.02 * percent);
    EXPECT_NEAR(neurons, percent, 0.02 * percent);
  }
}

TEST(ActiveChip, HasAnySize) {
  for (const u32 size : {1u, 63u, 65u, 300u}) {
    const Program program = cli::make_active_chip({.cores = 3, .size = size});

    EXPECT_NO_THROW(check_program(program, "active chip"));
    EXPECT_EQ(program.neurons(), 3u * size);
  }
}

TEST(ActiveChip, ReplicasDifferAndDoNotDependOnTheirNumber) {
  const Program program = cli::make_active_chip({.cores = 2});
  const sim::State three = cli::active_state(program, 0, 3);
  const sim::State last = cli::active_state(program, 2, 1);

  EXPECT_NE(sim::digest(program, three, 0), sim::digest(program, three, 1));
  EXPECT_EQ(sim::digest(program, three, 2), sim::digest(program, last, 0));
}

TEST(NaiveEngine, HasTheStatesAndOutputsOfTheReference) {
  const auto serial = sim::make_engine("serial");
  cli::NaiveEngine naive;
  u64 compared = 0;
  for (u64 seed = 0; seed < 60; ++seed) {
    const ProgramCase made = random_program(seed);
    if (made.stimulus.replicas > 1) continue;
    SCOPED_TRACE(seed);
    sim::Recording have, want;
    serial->load(made.program, made.stimulus);
    naive.load(made.program, made.stimulus);
    serial->advance(3, {}, want);
    naive.restore(serial->state());
    serial->advance(made.ticks, {}, want);
    have.outputs.assign(want.outputs.begin(),
                        want.outputs.begin() + 3 * made.program.output_words());

    naive.advance(made.ticks, {}, have);

    EXPECT_EQ(sim::digest(made.program, naive.state(), 0),
              sim::digest(made.program, serial->state(), 0));
    EXPECT_EQ(naive.state().counts[sim::spikes], serial->state().counts[sim::spikes]);
    EXPECT_EQ(have.outputs, want.outputs);
    ++compared;
  }
  EXPECT_GT(compared, 10u);
}

TEST(Rung, OnlyTheStateOfTheReferenceAgrees) {
  const cli::Workload workload = small_workload();
  cli::Reference right(workload);
  cli::Workload shifted = workload;
  shifted.start = [](const Program& p, u32 first, u32 count) {
    return cli::active_state(p, first + 1, count);
  };
  cli::Reference wrong(shifted);

  cli::Rung rung(cli::parse_rungs("serial@5")[0], workload);
  cli::Rung again(cli::parse_rungs("serial")[0], workload);

  EXPECT_TRUE(rung.agrees(right, 30));
  EXPECT_FALSE(again.agrees(wrong, 30));
}

TEST(Rung, SamplesAreAlwaysOfTheSameWork) {
  cli::Workload workload = small_workload();
  workload.single_ticks = workload.batch_ticks = 12;  // 6 after the check: begins anew often
  cli::Reference reference(workload);
  cli::Rung rung(cli::parse_rungs("serial@2")[0], workload);
  ASSERT_TRUE(rung.agrees(reference, 8));
  rung.calibrate(0.001);

  const cli::Sample first = rung.sample();
  const cli::Sample second = rung.sample();

  EXPECT_EQ(first.ticks, second.ticks);
  EXPECT_GT(first.ticks, 6u);
  EXPECT_EQ(first.counts, second.counts);
  EXPECT_GT(first.counts[sim::synaptic_events], 0u);
}

// One core, one axon, one neuron: every byte can be counted by hand.
TEST(BytesPerTick, IsTheSumOfWhatMustBeMoved) {
  Program p = cli::make_active_chip({.cores = 1, .size = 1});
  cli::Sample sample = {10, 1, std::vector<u64>(sim::count_kinds)};
  sample.counts[sim::axon_events] = 5;
  sample.counts[sim::spikes] = 10;
  const double params = 6 * 4 + 4 * 4;
  const double state_and_waiting = 2 * (4 + 8);
  const double targets = 7 + 16;

  EXPECT_DOUBLE_EQ(cli::bytes_per_tick(p, 1, sample),
                   0.5 * 8 + params + state_and_waiting + targets);
  sample.counts[sim::axon_events] = 500;  // of 100 replicas, which share the one row
  EXPECT_DOUBLE_EQ(cli::bytes_per_tick(p, 100, sample),
                   8 + params + 100 * state_and_waiting + targets);
}

// One core, one axon, one neuron, three synapses, two slots.
TEST(BytesPerTick, OfSynapticMemoryAreTheSumOfWhatMustBeMoved) {
  Program p = cli::make_sparse_chip({.neurons = 1, .synapses = 3, .longest_delay = 0});
  cli::Sample sample = {10, 1, std::vector<u64>(sim::count_kinds)};
  sample.counts[sim::axon_events] = 5;
  sample.counts[sim::synaptic_events] = 15;
  const double index_and_row = 2 * 4 + 3 * 4;
  const double params = 13 * 4;
  const double state_and_due = 2 * (3 * 4 + 4);

  EXPECT_DOUBLE_EQ(cli::bytes_per_tick(p, 1, sample),
                   0.5 * index_and_row + params + state_and_due + 0.5 * 8 + 1.5 * 8);
}

TEST(Ceilings, AreMeasuredOnceForSizesOfOnePowerOfTwo) {
  cli::MemoryCeilings ceilings;

  const double first = ceilings.bytes_per_second(100'000, 2);

  EXPECT_GT(first, 1e7);
  EXPECT_EQ(ceilings.bytes_per_second(120'000, 2), first);
}

TEST(OutsideCommand, TakesAnyWordsThatAreQuoted) {
  const TempFolder folder;
  const std::string path = folder.file("it's; odd");

  cli::run_command("touch " + cli::quoted(path), "here");

  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace spikefab::test
