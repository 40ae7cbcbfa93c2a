// Reads one file format of event cameras. A format is one new file in mapper/event_readers/,
// registered by name; to be used through load_events (mapper/events/recording.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "mapper/events/recording.h"

namespace spikefab {

class EventReader {
 public:
  static constexpr std::string_view kind = "event format";
  virtual ~EventReader() = default;

  // Of files in this format, in lower case and with the dot.
  virtual std::vector<std::string> extensions() const = 0;

  // Whether a file that begins with `head` (4 KiB, if there are as many) and has this name, in
  // lower case and without folder, is in this format. At most one format should say so.
  virtual bool claims(std::string_view head, const std::string& name) const = 0;

  // As load_events. To be built with EventBytes and EventCollector, which keep the promises that
  // all formats make.
  virtual EventRecording read(const std::string& path) const = 0;
};

}  // namespace spikefab
