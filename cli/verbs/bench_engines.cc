// spikefab bench engines: the ladder from a naive loop to a GPU, on chips of all sizes.
#include <cstdlib>

#include "base/files.h"
#include "cli/benchmark.h"
#include "cli/clock.h"
#include "cli/engine_bench.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/machine.h"
#include "cli/paths.h"
#include "cli/provenance.h"

namespace spikefab::cli {
namespace {

constexpr const char* usual_ladder = "naive, serial, cpu:threads=1, cpu, cpu@64, cuda, cuda@1024";

Json machine_facts() {
  double load[1] = {-1};
  const bool known = getloadavg(load, 1) == 1;
  return {{"cpu", cpu_model()},           {"cpu_features", cpu_features()},
          {"cpu_cores", cpu_cores()},     {"memory_bytes", memory_total()},
          {"cuda_driver", cuda_driver()}, {"load_average", known ? Json(load[0]) : Json(nullptr)}};
}

const std::string engines_help =
    std::string("what to time, with commas between: naive, or ENGINE[:OPTION=VALUE,...]") +
    "[@REPLICAS]; if it is not given, " + usual_ladder;

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// Rungs that were asked for must exist; those of the ladder may not be in this build.
std::vector<RungSpec> chosen_rungs(const Arguments& arguments) {
  if (!arguments.has("engines")) return parse_rungs(without_spaces(usual_ladder));
  const std::vector<RungSpec> rungs = parse_rungs(arguments.text("engines"));
  check_names(rungs);
  return rungs;
}

EngineBenchPlan make_plan(const Arguments& arguments, u64 workloads) {
  EngineBenchPlan plan;
  plan.rungs = chosen_rungs(arguments);
  plan.repetitions = arguments.number("repetitions");
  plan.check_ticks = arguments.number("check-ticks");
  plan.sample_seconds = static_cast<double>(arguments.number("sample-ms")) / 1000;
  if (arguments.has("quick")) {
    plan.repetitions = 1;
    plan.sample_seconds = 0;
  }
  if (arguments.has("gpu-floors")) plan.gpu.emplace(arguments.text("gpu-floors"));
  if (arguments.has("vs") != arguments.has("vs-ticks")) {
    throw UsageError("--vs and --vs-ticks need each other",
                     "speeds are compared by the ticks that the command runs");
  }
  if (arguments.has("vs")) {
    if (without_spaces(arguments.text("vs")).empty()) throw UsageError("--vs needs a command");
    if (workloads != 1) {
      throw UsageError("--vs needs one WORKLOAD, not " + std::to_string(workloads),
                       "the one that the command runs");
    }
    plan.versus = {arguments.text("vs"), arguments.number("vs-ticks")};
  }
  return plan;
}

class EngineBenchRun {
 public:
  explicit EngineBenchRun(const Arguments& arguments)
      : arguments_(arguments),
        workloads_(find_workloads(arguments.texts("name"))),
        bench_(make_plan(arguments, workloads_.size())),
        machine_(machine_facts()) {
    if (!arguments.has("json-out")) return;
    const std::string path = arguments.text("json-out");
    check_files({}, {{"--json-out", path}});
    refuse_to_overwrite(path, arguments.has("force"));
  }

  int run() {
    bool finished = true;
    for (const WorkloadEntry& entry : workloads_) {
      finished = pending_signal() == 0 && run_workload(entry);
      if (finished) continue;
      log_warning("interrupted: workload {} and those after it are not shown", entry.name);
      break;
    }
    print_all(finished);
    if (!finished) return exit_signal_base + pending_signal();
    if (!bench_.all_agree()) return exit_comparison;
    const bool engine_lacks = arguments_.has("engines") && !bench_.all_ran();
    const bool workload_lacks = !arguments_.texts("name").empty() && skipped_;
    return engine_lacks || workload_lacks ? exit_resource : exit_ok;
  }

 private:
  // False if a signal came.
  bool run_workload(const WorkloadEntry& entry) {
    std::optional<Workload> workload;
    std::string why_not;
    try {
      const Stopwatch watch;
      workload = entry.make();
      workload->make_seconds = watch.seconds();
      return bench_.run(*workload);
    } catch (const InputError& e) {
      if (!entry.needs_data || workload) throw;
      why_not = e.what();
    } catch (...) {
      why_not = lack_of_resources();
    }
    if (pending_signal() != 0) return false;
    bench_.skip(entry.name, why_not);
    skipped_ = true;
    return true;
  }

  void print_all(bool finished) const {
    const Json head = {{"benchmark", "engines"},
                       {"status", finished ? "finished" : "interrupted"},
                       {"date_utc", utc_now_text()}};
    Json document = head;
    document["tool"] = build_facts();
    document["machine"] = machine_;
    document.update(bench_.document());
    if (arguments_.has("json-out")) {
      write_text(arguments_.text("json-out"), to_json_text(document));
    }
    Json tables = head;
    tables.update(bench_.tables());
    print_result(arguments_.has("json") ? document : tables, arguments_);
  }

  const Arguments& arguments_;
  std::vector<WorkloadEntry> workloads_;
  EngineBench bench_;
  bool skipped_ = false;  // a workload
  Json machine_;          // before anything ran
};

class EnginesBenchmark final : public Benchmark {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "engines measures how fast engines run, one above the other: a naive loop, the reference, "
        "and all others, on chips of 12 to 4096 cores. Engines take turns; a median, the least and "
        "the greatest of some samples are shown. ticks/s counts the ticks of each replica. Before "
        "it is timed, an engine must have the state of the reference. NAME is a workload: "
        "mnist100_CORES (RANC's MNIST case, from SPIKEFAB_DATA), mnist_512_cores, "
        "active_CORES_PERCENT (every core busy), or sparse_100k and sparse_1m (random synapses in "
        "synaptic memory); or the beginning of several, such as active_512.";
    auto option = d.options.add_options();
    option("engines", text_value("LIST"), engines_help.c_str());
    option("repetitions", number_value("N", 1)->default_value(5), "samples of each");
    option("sample-ms", number_value("N", 1)->default_value(200), "how long a sample is about");
    option("check-ticks", number_value("N", 1)->default_value(usual_check_ticks),
           "ticks after which an engine must have the state of the reference (a workload with a "
           "stimulus: at most half of it)");
    option("quick", flag_value(), "few ticks, to see that all is there; not a measurement");
    option("json-out", text_value("FILE"), "write all figures as JSON, too");
    option("vs", text_value("COMMAND"),
           "an outside simulator of the workload, run by the shell in turn with the engines");
    option("vs-ticks", number_value("N", 1), "how many ticks COMMAND runs");
    option("gpu-floors", text_value("FILE"),
           "the limits of the GPU, as benchmarks/floors.cu wrote them: what shares are of");
    d.examples = {{"bench engines active_512", "512 busy cores at 1 to 50 %"},
                  {"bench engines active_512_10 --engines serial,cpu:threads=2,cpu@64",
                   "the rungs that are named"},
                  {"bench engines mnist100_12 --vs './ranc_sim ...' --vs-ticks 1000",
                   "beside RANC's simulator"}};
    return d;
  }

  int run(const Arguments& arguments) override { return EngineBenchRun(arguments).run(); }
};

SPIKEFAB_REGISTER(Benchmark, "engines", EnginesBenchmark, "the speed of engines");

}  // namespace
}  // namespace spikefab::cli
