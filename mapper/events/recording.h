// Recordings of event cameras: what all formats are read into, and labelled folders of them.
// Formats: mapper/events/reader.h. To ticks: mapper/events/frames.h.
#pragma once

#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab {

// A pixel became brighter (polarity 1) or darker (0). Where row 0 is, is up to the format
// (docs/events.md).
struct Event {
  u64 time_us = 0;
  u16 x = 0;
  u16 y = 0;
  u8 polarity = 0;
  bool operator==(const Event&) const = default;
};

struct EventRecording {
  std::string name;  // of the file, without folder and extension
  u32 width = 0;     // of the sensor, in pixels; 0 if the file does not say
  u32 height = 0;
  std::vector<Event> events;       // by time; those of the same time as in the file
  std::vector<std::string> notes;  // what was assumed, skipped or put right
};

struct SensorSize {
  u32 width = 0;
  u32 height = 0;
  bool operator==(const SensorSize&) const = default;
};

// What the file says, or else just enough for all events.
SensorSize sensor_size(const EventRecording& recording);

// Reads a file, which may be compressed by gzip. `format` is a registered name; if empty, what the
// file's content and name tell. Throws InputError with file and byte (of the uncompressed file) or
// line:column; UsageError if there is no such format; ResourceError for want of memory.
EventRecording load_events(const std::string& path, const std::string& format = "");

struct LabelledFile {
  std::string path;
  u32 label = 0;
};

struct LabelledRecording {
  EventRecording recording;
  u32 label = 0;
};

enum class MissingRecordings { are_errors, are_left_out };

struct DatasetOptions {
  MissingRecordings missing = MissingRecordings::are_errors;  // of lines without a recording
  u64 most = 0;                                               // lines that count; 0: all
};

// The recordings of a label file with the lines `index<TAB>class`, in its order:
// <folder>/<index>.X, where X is any extension of a known format. Throws one InputError with all
// problems.
std::vector<LabelledFile> find_event_dataset(const std::string& folder,
                                             const std::string& label_file,
                                             const DatasetOptions& options = {});

// The same, with all recordings read.
std::vector<LabelledRecording> load_event_dataset(const std::string& folder,
                                                  const std::string& label_file,
                                                  const DatasetOptions& options = {});

}  // namespace spikefab
