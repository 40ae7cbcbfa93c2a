#include "cli/run_request.h"

#include <algorithm>

#include "cli/paths.h"

namespace spikefab::cli {
namespace {

sim::Selection selection_of(const Arguments& arguments) {
  sim::Selection selection;
  if (arguments.has("cores")) {
    const Range cores = parse_range("cores", arguments.text("cores"));
    selection.first_position = static_cast<u32>(std::min<u64>(cores.first, output_bus));
    selection.last_position = static_cast<u32>(std::min<u64>(cores.last, output_bus));
  }
  if (arguments.has("window")) {
    const Range ticks = parse_range("window", arguments.text("window"));
    selection.first_tick = ticks.first;
    selection.last_tick = ticks.last;
  }
  return selection;
}

sim::RecordPlan plan_of(const Arguments& arguments, const std::vector<std::string>& record) {
  const sim::Selection selection = selection_of(arguments);
  sim::RecordPlan plan;
  for (const std::string& what : record) {
    if (what == "spikes") plan.spikes = selection;
    if (what == "potentials") plan.potentials = selection;
    if (what == "digests") plan.digests = true;
  }
  const bool selects = arguments.has("cores") || arguments.has("window");
  if (selects && !plan.spikes && !plan.potentials) {
    throw UsageError("--cores and --window need --record spikes or potentials");
  }
  return plan;
}

std::optional<RunOutputOptions> output_of(const Arguments& arguments,
                                          const std::vector<std::string>& record) {
  if (!arguments.has("output")) {
    for (const std::string option : {"record", "checkpoint-every", "force", "reproducible"}) {
      if (arguments.has(option)) throw UsageError("--" + option + " needs --output DIR");
    }
    return std::nullopt;
  }
  RunOutputOptions options;
  options.folder = arguments.text("output");
  options.force = arguments.has("force");
  options.record = record;
  if (arguments.has("checkpoint-every")) {
    options.checkpoint_every = arguments.number("checkpoint-every");
  }
  options.reproducible = arguments.has("reproducible");
  return options;
}

void check_output(const RunOutputOptions& output, const std::vector<std::string>& inputs) {
  check_parent_folder({"--output", output.folder});
  check_run_folder(canonical(output.folder), output.force);
  refuse_inputs_in(output.folder, inputs);
}

std::vector<std::string> record_of(const Arguments& arguments) {
  if (!arguments.has("record")) return {"outputs"};
  auto words = split_list(arguments.text("record"));
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace

std::vector<std::string> RunRequest::input_paths() const {
  std::vector<std::string> paths = {program};
  paths.insert(paths.end(), stimuli.begin(), stimuli.end());
  if (checkpoint) paths.push_back(*checkpoint);
  return paths;
}

RunRequest read_run_request(const Arguments& arguments) {
  RunRequest request;
  request.program = arguments.text("program");
  request.stimuli = arguments.texts("stimulus");
  request.engine = arguments.text("engine");
  if (arguments.has("restore")) request.checkpoint = arguments.text("restore");
  if (arguments.has("ticks")) request.end_tick = arguments.number("ticks");
  const auto record = record_of(arguments);
  request.plan = plan_of(arguments, record);
  request.output = output_of(arguments, record);
  if (request.output) check_output(*request.output, request.input_paths());
  return request;
}

}  // namespace spikefab::cli
