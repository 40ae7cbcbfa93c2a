#include "cli/network_inputs.h"

#include "base/suggest.h"
#include "cli/log.h"

namespace spikefab::cli {
namespace {

std::vector<LabelledFile> find_files(const NetworkRequest& request) {
  if (!request.labels) return {{request.input, 0}};
  return find_event_dataset(request.input, *request.labels, {.most = request.max_recordings});
}

// The Input as pixels: channels x height x width, or height x width.
Shape seen_shape(const NetworkRequest& request, const NetworkModel& model) {
  const Shape& own = model.input_shape;
  if (!request.input_shape.empty()) {
    if (size_of(request.input_shape) != size_of(own)) {
      throw UsageError("--input-shape " + shape_text(request.input_shape) + " has " +
                       std::to_string(size_of(request.input_shape)) +
                       " elements, and the Input of " + request.network + " " +
                       std::to_string(size_of(own)));
    }
    if (own.size() > 1 && own != request.input_shape) {
      throw UsageError("--input-shape is for flat Inputs, and that of " + request.network + " is " +
                       shape_text(own));
    }
  }
  Shape shape = request.input_shape.empty() ? own : request.input_shape;
  const bool is_image = shape.size() == 2 || (shape.size() == 3 && shape[0] <= 2);
  if (!is_image) shape = {1, static_cast<u32>(size_of(shape))};  // elements in a row
  constexpr u32 longest_side = 1 << 16;
  if (shape.back() <= longest_side) return shape;
  throw InputError(model.input_place, "the Input is " + shape_text(own),
                   "recordings of events can have up to 65536 elements in a row");
}

}  // namespace

NetworkInputs::NetworkInputs(const NetworkRequest& request, const NetworkModel& model)
    : files_(find_files(request)),
      labelled_(request.labels.has_value()),
      event_format_(request.event_format),
      frames_(request.frames) {
  const Shape shape = seen_shape(request, model);
  const std::size_t dimensions = shape.size();
  const bool separate = dimensions == 3 && shape[0] == 2;
  frames_.polarity = separate ? FramePolarity::separate : FramePolarity::merged;
  is_row_ = dimensions == 2 && shape[0] == 1;
  frames_.sensor = {.width = shape[dimensions - 1] * frames_.downscale,
                    .height = shape[dimensions - 2] * frames_.downscale};
}

ShownRecording NetworkInputs::load(u64 index) const {
  const LabelledFile& file = files_[index];
  EventRecording recording = load_events(file.path, event_format_);
  for (const std::string& note : recording.notes) log_debug("{}: {}", file.path, note);
  ShownRecording shown = {.name = recording.name, .frames = {}, .label = {}};
  recording.name = file.path;  // for messages
  check_sensor(recording);
  shown.frames = make_event_frames(recording, frames_);
  if (recording.events.empty()) log_warning("{}: has no events", file.path);
  if (labelled_) shown.label = file.label;
  return shown;
}

// A recording of another sensor is a mistake, even if all its events are within the Input.
void NetworkInputs::check_sensor(const EventRecording& recording) const {
  const SensorSize has = {recording.width, recording.height};
  if (has.width == 0 || is_row_ || has == frames_.sensor) return;
  const auto text = [](const SensorSize& size) {
    return std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels";
  };
  throw InputError(recording.name,
                   "is of a sensor of " + text(has) + ", and the Input of " + text(frames_.sensor),
                   "--downscale N makes one pixel of N x N");
}

}  // namespace spikefab::cli
