#include "cli/network_inputs.h"

#include "base/suggest.h"
#include "cli/log.h"

namespace spikefab::cli {
namespace {

std::vector<LabelledFile> find_files(const NetworkRequest& request) {
  if (!request.labels) return {{request.input, 0}};
  std::vector<LabelledFile> files = find_event_dataset(request.input, *request.labels);
  if (request.max_recordings > 0 && files.size() > request.max_recordings) {
    files.resize(request.max_recordings);
  }
  return files;
}

}  // namespace

NetworkInputs::NetworkInputs(const NetworkRequest& request, const NetworkModel& model)
    : files_(find_files(request)),
      labelled_(request.labels.has_value()),
      event_format_(request.event_format),
      frames_(request.frames) {
  input_shape_ = model.input_shape;  // channels x height x width, or height x width
  input_name_ = model.input_place;
  const std::size_t dimensions = input_shape_.size();
  const bool has_channels = dimensions == 3 && (input_shape_[0] == 1 || input_shape_[0] == 2);
  if (!has_channels && dimensions != 2) {
    throw InputError(input_name_, "the Input is " + shape_text(input_shape_),
                     "recordings of events need height x width pixels, or 1 or 2 polarities x "
                     "height x width");
  }
  const bool separate = has_channels && input_shape_[0] == 2;
  frames_.polarity = separate ? FramePolarity::separate : FramePolarity::merged;
  frames_.sensor = {.width = input_shape_[dimensions - 1], .height = input_shape_[dimensions - 2]};
}

ShownRecording NetworkInputs::load(u64 index) const {
  const LabelledFile& file = files_[index];
  const EventRecording recording = load_events(file.path, event_format_);
  for (const std::string& note : recording.notes) log_debug("{}: {}", file.path, note);
  ShownRecording shown = {recording.name, make_event_frames(recording, frames_), {}};
  if (labelled_) shown.label = file.label;
  return shown;
}

}  // namespace spikefab::cli
