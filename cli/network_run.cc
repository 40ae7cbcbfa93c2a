#include "cli/network_run.h"

#include <cmath>

#include "arch/program_file.h"
#include "base/suggest.h"
#include "cli/clock.h"
#include "cli/counts.h"
#include "cli/engines.h"
#include "cli/interrupt.h"
#include "cli/log.h"
#include "cli/network_model.h"
#include "cli/network_outcome.h"
#include "cli/network_report.h"
#include "cli/progress.h"
#include "mapper/first_fit.h"

namespace spikefab::cli {
namespace {

constexpr u64 rows_shown = 20;

// All recordings by one way of running the network.
struct Outcomes {
  std::vector<NetworkOutcome> all;
  double seconds = 0;
  u64 right = 0;

  void add(const ShownRecording& recording, NetworkOutcome outcome) {
    right += recording.label && decision(outcome) == *recording.label;
    all.push_back(std::move(outcome));
  }
  std::vector<double> spikes_per_recording() const {
    std::vector<double> sums;
    for (const NetworkOutcome& outcome : all) {
      sums.resize(outcome.spikes.size(), 0);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += outcome.spikes[i];
    }
    for (double& sum : sums) sum /= static_cast<double>(all.size());
    return sums;
  }
};

Outcomes run_all_in_float(const FloatModel& model, const NetworkInputs& inputs) {
  Outcomes outcomes;
  const Stopwatch stopwatch;
  Progress progress("recordings in float", inputs.size());
  for (u64 i = 0; i < inputs.size() && pending_signal() == 0; ++i) {
    const ShownRecording recording = inputs.load(i);
    outcomes.add(recording, run_in_float(model.network, model.semantics, recording));
    progress.update(i + 1);
  }
  outcomes.seconds = stopwatch.seconds();
  return outcomes;
}

// One way of running, as results.
Json describe(const Outcomes& outcomes, const NetworkInputs& inputs) {
  Json document = {{"recordings", outcomes.all.size()}, {"seconds", outcomes.seconds}};
  if (inputs.labelled() && !outcomes.all.empty()) {
    document["correct"] = outcomes.right;
    document["accuracy_percent"] =
        100 * static_cast<double>(outcomes.right) / static_cast<double>(outcomes.all.size());
  } else if (!outcomes.all.empty()) {
    document["answer"] = decision(outcomes.all[0]);
  }
  return document;
}

// Mean spikes per recording of each population, and how far the chip is from float.
Json spike_rows(const std::vector<std::string>& names, const Outcomes* chip,
                const Outcomes* in_float) {
  Json rows = Json::array();
  const auto means = [](const Outcomes* outcomes) {
    return outcomes == nullptr ? std::vector<double>{} : outcomes->spikes_per_recording();
  };
  const std::vector<double> on_chip = means(chip);
  const std::vector<double> expected = means(in_float);
  for (std::size_t i = 0; i < names.size(); ++i) {
    Json row = {{"layer", printable(names[i], 64)}};
    if (!on_chip.empty()) row["spikes_on_chip"] = on_chip[i];
    if (!expected.empty()) row["spikes_in_float"] = expected[i];
    if (!on_chip.empty() && !expected.empty() && expected[i] > 0) {
      row["difference_%"] = 100 * (on_chip[i] - expected[i]) / expected[i];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Every element of the outputs, of the only recording.
Json output_rows(const Outcomes* chip, const Outcomes* in_float) {
  Json rows = Json::array();
  const Outcomes& any = chip != nullptr ? *chip : *in_float;
  for (std::size_t i = 0; i < any.all[0].output.size(); ++i) {
    Json row = {{"output", i}};
    if (chip != nullptr) row["on_chip"] = chip->all[0].output[i];
    if (in_float != nullptr) row["in_float"] = in_float->all[0].output[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

// The same answers of both ways.
u64 equal_answers(const Outcomes& a, const Outcomes& b) {
  u64 equal = 0;
  for (std::size_t i = 0; i < std::min(a.all.size(), b.all.size()); ++i) {
    equal += decision(a.all[i]) == decision(b.all[i]);
  }
  return equal;
}

void warn_of_silence(const std::vector<std::string>& names, const Outcomes& outcomes,
                     const char* where) {
  const std::vector<double> spikes = outcomes.spikes_per_recording();
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (spikes[i] > 0) continue;
    log_warning("0 spikes {} in layer '{}': check its threshold, or the input", where,
                printable(names[i], 64));
    return;
  }
}

}  // namespace

NetworkRun run_network(const NetworkRequest& request) {
  const NetworkModel model = load_network_model(request);
  const NetworkInputs inputs(request, model);
  std::optional<Outcomes> chip;
  std::optional<Outcomes> in_float;
  Json result = {{"network", printable(request.network, 256)}, {"semantics", model.semantics}};
  if (request.on_chip) {
    const QuantisedNetwork quantised =
        model.quantised(load_named_chip(*request.chip), request.quantiser);
    for (const std::string& note : quantised.report.notes) log_info("{}", note);
    const MappedNetwork mapped = assemble(quantised, first_fit(quantised));
    if (request.program_out) save_program(mapped.program, *request.program_out);
    result["mapping"] = mapping_summary(mapped);
    result["core_list"] = core_rows(mapped, rows_shown);
    result["quantised_layers"] = quantiser_rows(quantised.report);
    result["quantised_projections"] = projection_rows(quantised.report);
    ChosenEngine engine(request.engine);
    chip.emplace();
    const Stopwatch stopwatch;
    const std::vector<u64> counts =
        run_on_chip(engine, model.populations, mapped,
                    {inputs.size(), [&](u64 index) { return inputs.load(index); }},
                    [&](const ShownRecording& recording, NetworkOutcome outcome) {
                      chip->add(recording, std::move(outcome));
                    });
    chip->seconds = stopwatch.seconds();
    result["chip_run"] = describe(*chip, inputs);
    result["chip_run"]["engine"] = engine.name();
    result["chip_run"]["spikes"] = counts[sim::spikes];
    result["chip_run"]["synaptic_events"] = counts[sim::synaptic_events];
    result["chip_run"]["hops"] = counts[sim::hops];
    if (!chip->all.empty()) warn_of_silence(model.populations, *chip, "on the chip");
  }
  if (request.in_float && pending_signal() == 0) {
    in_float = run_all_in_float(std::get<FloatModel>(model.network), inputs);
    result["float_run"] = describe(*in_float, inputs);
    if (!in_float->all.empty()) warn_of_silence(model.populations, *in_float, "in float");
  }
  const bool has_chip = chip && !chip->all.empty();
  const bool has_float = in_float && !in_float->all.empty();
  if (has_chip || has_float) {
    const Outcomes* of_chip = has_chip ? &*chip : nullptr;
    const Outcomes* of_float = has_float ? &*in_float : nullptr;
    if (has_chip && has_float) result["equal_answers"] = equal_answers(*chip, *in_float);
    result["spikes_per_recording"] = spike_rows(model.populations, of_chip, of_float);
    if (inputs.size() == 1) result["outputs"] = output_rows(of_chip, of_float);
  }
  return {std::move(result), pending_signal() != 0};
}

}  // namespace spikefab::cli
