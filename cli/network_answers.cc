#include "cli/network_answers.h"

#include <algorithm>

#include "base/error.h"
#include "base/suggest.h"
#include "cli/log.h"

namespace spikefab::cli {
namespace {

std::string text_of(const std::optional<u32>& number) {
  return number ? std::to_string(*number) : "";
}

}  // namespace

void Answers::add(const ShownRecording& recording, NetworkOutcome outcome) {
  if (recording.label && *recording.label >= outcome.output.size()) {
    throw InputError(recording.name, "is of class " + std::to_string(*recording.label),
                     "the network's outputs are 0.." + std::to_string(outcome.output.size() - 1));
  }
  const std::optional<u32> found = cli::answer(outcome);
  rows_.push_back({recording.name, recording.label, found, std::move(outcome)});
}

Json Answers::summary(double seconds) const {
  Json document = {{"recordings", rows_.size()}, {"seconds", seconds}};
  if (rows_.empty()) return document;
  if (!rows_[0].label) {
    document["answer"] = rows_[0].answer ? Json(*rows_[0].answer) : Json("none");
    return document;
  }
  u64 right = 0;
  u64 silent = 0;
  for (const Row& row : rows_) {
    right += row.answer == row.label;
    silent += !row.answer;
  }
  document["correct"] = right;
  document["without_answer"] = silent;
  document["accuracy_percent"] =
      100 * static_cast<double>(right) / static_cast<double>(rows_.size());
  return document;
}

std::vector<double> Answers::spikes_per_recording() const {
  std::vector<double> sums(rows_.empty() ? 0 : populations_.size());
  for (const Row& row : rows_) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += row.outcome.spikes[i];
  }
  for (double& sum : sums) sum /= static_cast<double>(rows_.size());
  return sums;
}

void Answers::warn_of_silence(const std::string& where) const {
  const std::vector<double> spikes = spikes_per_recording();
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (spikes[i] > 0) continue;
    log_warning("0 spikes {} in layer '{}': check its threshold, or the input", where,
                printable(populations_[i], 64));
    return;
  }
}

Json spike_rows(const std::vector<std::string>& populations, const Answers* chip,
                const Answers* in_float) {
  Json rows = Json::array();
  const auto means = [](const Answers* answers) {
    return answers == nullptr ? std::vector<double>{} : answers->spikes_per_recording();
  };
  const std::vector<double> on_chip = means(chip);
  const std::vector<double> expected = means(in_float);
  for (std::size_t i = 0; i < populations.size(); ++i) {
    Json row = {{"layer", printable(populations[i], 64)}};
    if (!on_chip.empty()) row["spikes_on_chip"] = on_chip[i];
    if (!expected.empty()) row["spikes_in_float"] = expected[i];
    if (!on_chip.empty() && !expected.empty() && expected[i] > 0) {
      row["difference_percent"] = 100 * (on_chip[i] - expected[i]) / expected[i];
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Json output_rows(const Answers* chip, const Answers* in_float) {
  Json rows = Json::array();
  const Answers& any = chip != nullptr ? *chip : *in_float;
  for (std::size_t i = 0; i < any.output(0).size(); ++i) {
    Json row = {{"output", i}};
    if (chip != nullptr) row["on_chip"] = chip->output(0)[i];
    if (in_float != nullptr) row["in_float"] = in_float->output(0)[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

u64 equal_answers(const Answers& a, const Answers& b) {
  u64 equal = 0;
  for (u64 i = 0; i < std::min(a.size(), b.size()); ++i) equal += a.answer(i) == b.answer(i);
  return equal;
}

std::string answers_csv(const Answers* chip, const Answers* in_float) {
  const Answers& any = chip != nullptr ? *chip : *in_float;
  const std::vector<std::pair<const char*, const Answers*>> ways = {{"chip", chip},
                                                                    {"float", in_float}};
  std::string text = "recording,class";
  for (const auto& [name, answers] : ways) {
    if (answers == nullptr) continue;
    text += "," + std::string(name);
    for (std::size_t i = 0; i < answers->output(0).size(); ++i) {
      text += "," + std::string(name) + "_output_" + std::to_string(i);
    }
  }
  text += "\n";
  for (u64 row = 0; row < any.size(); ++row) {
    text += printable(any.rows_[row].name, 256) + "," + text_of(any.rows_[row].label);
    for (const auto& [name, answers] : ways) {
      if (answers == nullptr) continue;
      text += "," + (row < answers->size() ? text_of(answers->answer(row)) : "");
      for (std::size_t i = 0; i < answers->output(0).size(); ++i) {
        text += row < answers->size() ? fmt::format(",{}", answers->output(row)[i]) : ",";
      }
    }
    text += "\n";
  }
  return text;
}

}  // namespace spikefab::cli
