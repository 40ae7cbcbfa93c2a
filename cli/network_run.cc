#include "cli/network_run.h"

#include <limits>

#include "arch/program_file.h"
#include "base/files.h"
#include "base/suggest.h"
#include "cli/clock.h"
#include "cli/counts.h"
#include "cli/engines.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/network_answers.h"
#include "cli/network_model.h"
#include "cli/network_report.h"
#include "cli/progress.h"
#include "mapper/place_network.h"

namespace spikefab::cli {
namespace {

Json in_float_run(const FloatModel& model, const NetworkInputs& inputs, Answers& answers) {
  const Stopwatch stopwatch;
  Progress progress("recordings in float", inputs.size());
  for (u64 i = 0; i < inputs.size() && pending_signal() == 0; ++i) {
    const ShownRecording recording = inputs.load(i);
    answers.add(recording, run_in_float(model.network, model.semantics, recording));
    progress.update(i + 1);
  }
  return answers.summary(stopwatch.seconds());
}

Json on_chip_run(const NetworkRequest& request, const NetworkModel& model,
                 const MappedNetwork& mapped, const RecordingSource& recordings, Answers& answers) {
  ChosenEngine engine(request.engine);
  const Stopwatch stopwatch;
  const std::vector<u64> counts =
      run_on_chip(engine, model.populations, mapped, recordings,
                  [&](const ShownRecording& recording, NetworkOutcome outcome) {
                    answers.add(recording, std::move(outcome));
                  });
  Json result = answers.summary(stopwatch.seconds());
  result["engine"] = engine.name();
  result["spikes"] = counts[sim::spikes];
  result["synaptic_events"] = counts[sim::synaptic_events];
  result["hops"] = counts[sim::hops];
  return result;
}

// Sums of the chip have room for so many events of a pixel in a tick, whatever the weights.
double largest_safe_count(const QuantiserReport& report, u32 input_count) {
  double margin = std::numeric_limits<double>::infinity();
  for (const LayerReport& layer : report.layers) margin = std::min(margin, layer.input_margin);
  return margin * input_count;
}

class CountCheck {
 public:
  explicit CountCheck(double largest) : largest_(largest) {}

  void look_at(const ShownRecording& recording) {
    for (const EventCount& event : recording.frames.counts) {
      if (warned_ || event.count <= largest_) continue;
      log_warning(
          "{}: {} events of a pixel in a tick, more than the chip's sums are sure to have room "
          "for: --input-count {}, or --binary, or shorter ticks",
          recording.name, event.count, event.count);
      warned_ = true;
    }
  }

 private:
  double largest_;
  bool warned_ = false;
};

}  // namespace

NetworkRun run_network(const NetworkRequest& request) {
  const NetworkModel model = load_network_model(request);
  const NetworkInputs inputs(request, model);
  Answers chip(model.populations);
  Answers in_float(model.populations);
  Json result = {{"network", printable(request.network, 256)}, {"semantics", model.semantics}};
  if (request.on_chip) {
    const QuantisedNetwork quantised =
        model.quantised(load_named_chip(*request.chip), request.quantiser);
    for (const std::string& note : quantised.report.notes) log_warning("{}", note);
    const MappedNetwork mapped = assemble(quantised, place_network(quantised));
    result.update(mapping_report(quantised.report, mapped));
    CountCheck check(largest_safe_count(quantised.report, request.quantiser.input_count));
    const RecordingSource recordings = {inputs.size(), [&](u64 index) {
                                          ShownRecording recording = inputs.load(index);
                                          check.look_at(recording);
                                          return recording;
                                        }};
    result["chip_run"] = on_chip_run(request, model, mapped, recordings, chip);
    chip.warn_of_silence("on the chip");
    if (request.program_out) save_program(mapped.program, *request.program_out);
    if (request.stimulus_out) {
      save_stimulus(stimulus_of_all(mapped, recordings), *request.stimulus_out);
    }
  }
  if (request.in_float && pending_signal() == 0) {
    result["float_run"] = in_float_run(std::get<FloatModel>(model.network), inputs, in_float);
    in_float.warn_of_silence("in float");
  }
  const Answers* of_chip = chip.empty() ? nullptr : &chip;
  const Answers* of_float = in_float.empty() ? nullptr : &in_float;
  if (of_chip != nullptr || of_float != nullptr) {
    if (of_chip && of_float) result["equal_answers"] = equal_answers(chip, in_float);
    result["spikes_per_recording"] = spike_rows(model.populations, of_chip, of_float);
    if (inputs.size() == 1) result["outputs"] = output_rows(of_chip, of_float);
    if (request.answers) write_text(*request.answers, answers_csv(of_chip, of_float));
  }
  return {std::move(result), pending_signal() != 0};
}

}  // namespace spikefab::cli
