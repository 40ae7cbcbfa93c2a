// spikefab ranc: takes the place of RANC's ranc_sim, same files, same output.
#include <optional>

#include "cli/clock.h"
#include "cli/command.h"
#include "cli/counts.h"
#include "cli/engines.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/paths.h"
#include "cli/tick_loop.h"
#include "mapper/importers/ranc.h"
#include "sim/ranc_text.h"

namespace spikefab::cli {
namespace {

void check_trace(const Arguments& arguments, const RancConfig& config) {
  if (config.traces() && !arguments.has("trace")) {
    throw InputError(arguments.text("config"), "asks for a trace: a *_trace_verbosity is above 0",
                     "give --trace FILE, or set the three *_trace_verbosity to 0");
  }
  if (!config.traces() && arguments.has("trace")) {
    throw InputError(arguments.text("config"), "asks for no trace: all *_trace_verbosity are 0",
                     "drop --trace, or set one of them above 0");
  }
}

// From loaded files to the output file.
class RancRun {
 public:
  explicit RancRun(const Arguments& arguments)
      : arguments_(arguments), ticks_(arguments.number("ticks")) {
    const Stopwatch stopwatch;
    config_ = load_ranc_config(arguments.text("config"));
    check_trace(arguments, config_);
    input_ = load_ranc_input(arguments.text("input"), config_.chip);
    for (const std::string& note : input_.notes) log_warning("{}", note);
    chosen_.emplace(arguments.text("engine"));
    chosen_->load(input_.program, input_.stimulus);
    load_seconds_ = stopwatch.seconds();
  }

  // False if a signal came; then nothing was written.
  bool run_all() {
    const Stopwatch stopwatch;
    sim::RancOutput output(arguments_.text("output"), input_.program.output_lines);
    std::optional<sim::RancTrace> trace;
    if (config_.traces()) {
      trace.emplace(input_.program, input_.stimulus, trace_levels(), ticks_,
                    arguments_.text("trace"));
    }
    const u64 every = arguments_.has("report_freq") ? arguments_.number("report_freq") : 0;
    const TickLoop loop = {.plan = {}, .end_tick = ticks_, .stop_every = every};
    const auto on_chunk = [&](const Chunk& chunk) {
      output.append(chunk.recording.outputs, chunk.ticks);
      if (trace) trace->follow(*chosen_);
      const u64 tick = chunk.first_tick + chunk.ticks;
      if (every > 0 && tick % every == 0) log_info("Tick {} done", tick);
    };
    if (run_ticks(*chosen_, input_.program, 1, loop, on_chunk) < ticks_) return false;
    if (trace) trace->commit();
    output.commit();
    run_seconds_ = stopwatch.seconds();
    return true;
  }

  Json summary() const {
    const sim::State state = chosen_->state();
    warn_of_counts(input_.program, state);
    return {{"engine", chosen_->name()},
            {"ticks", ticks_},
            {"cores", input_.program.chip.mesh.size()},
            {"programmed_cores", input_.program.cores()},
            {"neurons", input_.program.neurons()},
            {"spikes", total_count(state, sim::spikes)},
            {"output_spikes", total_count(state, sim::output_spikes)},
            {"merged", total_count(state, sim::merged)},
            {"output_merged", total_count(state, sim::output_merged)},
            {"dropped", total_count(state, sim::dropped)},
            {"load_seconds", load_seconds_},
            {"run_seconds", run_seconds_},
            {"ticks_per_second", static_cast<double>(ticks_) / run_seconds_},
            {"output_file", arguments_.text("output")}};
  }

 private:
  sim::RancTraceLevels trace_levels() const {
    return {config_.neuron_trace, config_.controller_trace, config_.scheduler_trace};
  }

  const Arguments& arguments_;
  u64 ticks_;
  RancConfig config_;
  Imported input_;
  std::optional<ChosenEngine> chosen_;
  double load_seconds_ = 0;
  double run_seconds_ = 0;
};

class Ranc : public Command {
 public:
  Description describe() const override {
    Description d;
    d.text =
        "Runs a RANC network as RANC's own simulator does: same command line, same files, same "
        "output byte for byte. An existing OUTPUT is replaced.";
    d.positionals = {
        {"input", "INPUT", "RANC's input.json", Positional::at_most_one},
        {"output", "OUTPUT", "file for the output lines", Positional::at_most_one},
        {"config", "CONFIG", "RANC's config.json", Positional::at_most_one},
        {"ticks", "TICKS", "how many ticks to run", Positional::at_most_one},
        {"trace", "TRACE", "file for the trace", Positional::at_most_one},
        {"report_freq", "REPORT_FREQ", "log every N-th tick", Positional::at_most_one}};
    auto option = d.options.add_options();
    option("input,i", text_value("FILE"), "same as INPUT");
    option("output,o", text_value("FILE"), "same as OUTPUT");
    option("config,c", text_value("FILE"), "same as CONFIG");
    option("ticks", number_value("N", 1), "same as TICKS");
    option("trace,t", text_value("FILE"),
           "same as TRACE; needed if the config asks for a trace, else forbidden");
    option("report_freq,r", number_value("N", 1), "same as REPORT_FREQ");
    option("engine,e", text_value(engine_choices())->default_value("auto"), engine_help);
    option("json", flag_value(), json_help);
    d.examples = {{"ranc input.json output.txt config.json 100", "by place"},
                  {"ranc -i input.json -o output.txt -c config.json --ticks 100", "by name"}};
    d.exit_codes = {{exit_input, "bad input or config"},
                    {exit_resource, "too little memory or disk, or the engine cannot run here"},
                    {130, "stopped by SIGINT (143: by SIGTERM); nothing is written"}};
    return d;
  }

  int run(const Arguments& arguments) override {
    for (const char* option : {"input", "output", "config", "ticks"}) {
      if (!arguments.has(option)) throw UsageError("missing --" + std::string(option));
    }
    std::vector<GivenPath> outputs = {{"--output", arguments.text("output")}};
    if (arguments.has("trace")) outputs.push_back({"--trace", arguments.text("trace")});
    check_files({{"--input", arguments.text("input")}, {"--config", arguments.text("config")}},
                outputs);
    catch_interrupts();
    RancRun run(arguments);
    if (!run.run_all()) {
      log_warning("interrupted; nothing was written");
      return exit_signal_base + pending_signal();
    }
    print_result(run.summary(), arguments);
    return exit_ok;
  }
};

SPIKEFAB_REGISTER(Command, "ranc", Ranc, "run a RANC network as ranc_sim does");

}  // namespace
}  // namespace spikefab::cli
