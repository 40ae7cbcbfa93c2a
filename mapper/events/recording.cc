#include "mapper/events/recording.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "mapper/event_readers/prophesee_header.h"
#include "mapper/events/bytes.h"
#include "mapper/events/header.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t head_bytes = 4096;

// Files that users have, too, with what they can do about it.
struct OtherFormat {
  std::string_view begin;
  const char* name;
  const char* hint;
};
constexpr OtherFormat other_formats[] = {
    {"#!AER-DAT4"sv, "AEDAT 4", "export it as CSV with columns t,x,y,p, with dv-processing"},
    {"#!AER-DAT3.0"sv, "AEDAT 3.0", "convert it to AEDAT 3.1 or CSV"},
    {"#!AER-DAT1"sv, "AEDAT 1.0", "convert it to AEDAT 2.0 or CSV"},
    {"\x89HDF\r\n\x1a\n"sv, "HDF5", "export it as RAW (EVT 3.0), DAT or CSV; Metavision does"},
    {"\x93NUMPY"sv, "NumPy's", "save it as CSV with columns t,x,y,p: numpy.savetxt"},
    {"PK\x03\x04"sv, "a zip archive", "unpack it"},
    {"\xfd"
     "7zXZ"sv,
     "an xz archive", "unpack it"},
    {"#ROSBAG"sv, "ROS bag", "export it as CSV with columns t,x,y,p"},
    {"Event Stream"sv, "Event Stream", "export it as CSV with columns t,x,y,p"},
    {"MATLAB"sv, "MATLAB's", "export it as CSV with columns t,x,y,p"},
};

void refuse_other_formats(const std::string& path, std::string_view head) {
  for (const OtherFormat& other : other_formats) {
    if (!head.starts_with(other.begin)) continue;
    throw InputError(path, std::string("is ") + other.name + ", which is not read", other.hint);
  }
  const std::string version = evt_version(head);
  if (!version.empty() && version != "2.0" && version != "3.0") {
    throw InputError(path, "is EVT " + printable(version) + ", which is not read",
                     "convert it to EVT 2.0, EVT 3.0, DAT or CSV; Metavision does");
  }
}

std::string known_formats() {
  std::vector<std::string> texts;
  for (const auto& [name, entry] : Registry<EventReader>::all()) {
    texts.push_back(name + " (" + join(entry.make()->extensions(), ", ") + ")");
  }
  return join(texts, ", ");
}

std::string find_format(const std::string& path) {
  EventBytes bytes(path);
  const auto begin = bytes.peek(head_bytes);
  const std::string_view head(reinterpret_cast<const char*>(begin.data()), begin.size());
  refuse_other_formats(path, head);
  std::string name = lower_case(std::filesystem::path(path).filename().string());
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  std::vector<std::string> claims;
  for (const auto& [format, entry] : Registry<EventReader>::all()) {
    if (entry.make()->claims(head, name)) claims.push_back(format);
  }
  if (claims.size() == 1) return claims[0];
  if (claims.size() > 1) {
    throw InputError(path, "could be in the formats " + join(claims, " and "), "name the format");
  }
  throw InputError(path, "is in no known format of events", "have: " + known_formats());
}

}  // namespace

SensorSize sensor_size(const EventRecording& recording) {
  if (recording.width != 0) return {recording.width, recording.height};
  SensorSize size;
  for (const Event& event : recording.events) {
    size.width = std::max(size.width, event.x + u32{1});
    size.height = std::max(size.height, event.y + u32{1});
  }
  return size;
}

EventRecording load_events(const std::string& path, const std::string& format) {
  return Registry<EventReader>::make(format.empty() ? find_format(path) : format)->read(path);
}

}  // namespace spikefab
