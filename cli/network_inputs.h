// The recordings that a network is shown, as counts per tick for its Input.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/network_model.h"

namespace spikefab::cli {

struct ShownRecording {
  std::string name;
  EventFrames frames;
  std::optional<u32> label;
};

class NetworkInputs {
 public:
  // Finds the recordings. Throws InputError if there is none, or if the network's Input cannot be
  // seen as pixels; UsageError if --input-shape does not fit it.
  NetworkInputs(const NetworkRequest& request, const NetworkModel& model);

  u64 size() const { return files_.size(); }
  bool labelled() const { return labelled_; }

  // Reads one. Throws InputError, also if its pixels do not fit the network's Input.
  ShownRecording load(u64 index) const;

 private:
  void check_sensor(const EventRecording& recording) const;

  std::vector<LabelledFile> files_;
  bool labelled_;
  std::string event_format_;
  EventFrameOptions frames_;
  bool is_row_ = false;  // elements without a place
};

}  // namespace spikefab::cli
