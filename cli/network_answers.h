// What a network answered to all its recordings, in float or on a chip, and how that is told.
#pragma once

#include <string>
#include <vector>

#include "cli/network_outcome.h"
#include "cli/result.h"

namespace spikefab::cli {

// By one way of running the network.
class Answers {
 public:
  explicit Answers(std::vector<std::string> populations) : populations_(std::move(populations)) {}

  // Throws InputError if the label is none of the outputs.
  void add(const ShownRecording& recording, NetworkOutcome outcome);

  bool empty() const { return rows_.empty(); }
  u64 size() const { return rows_.size(); }
  std::optional<u32> answer(u64 recording) const { return rows_[recording].answer; }
  const std::vector<double>& output(u64 recording) const { return rows_[recording].outcome.output; }

  // Totals; with labels how many are right.
  Json summary(double seconds) const;
  std::vector<double> spikes_per_recording() const;  // of each population
  void warn_of_silence(const std::string& where) const;

 private:
  struct Row {
    std::string name;
    std::optional<u32> label;
    std::optional<u32> answer;
    NetworkOutcome outcome;
  };
  friend std::string answers_csv(const Answers* chip, const Answers* in_float);

  std::vector<std::string> populations_;
  std::vector<Row> rows_;
};

// Either may be null; what both have is compared.
Json spike_rows(const std::vector<std::string>& populations, const Answers* chip,
                const Answers* in_float);
Json output_rows(const Answers* chip, const Answers* in_float);  // of the only recording
u64 equal_answers(const Answers& a, const Answers& b);

// A line for each recording: its name, class, answers and sums of all outputs.
std::string answers_csv(const Answers* chip, const Answers* in_float);

}  // namespace spikefab::cli
