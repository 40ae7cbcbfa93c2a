#include "mapper/events/collector.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab {
namespace {

bool is_earlier(const Event& a, const Event& b) { return a.time_us < b.time_us; }

// Without .gz and then without the last extension.
std::string name_of(const std::string& path) {
  std::filesystem::path name = std::filesystem::path(path).filename();
  if (name.extension() == ".gz") name = name.stem();
  return name.stem().string();
}

}  // namespace

EventCollector::EventCollector(const std::string& path, u64 limit) : path_(path), limit_(limit) {
  recording_.name = name_of(path);
}

void EventCollector::set_sensor(SensorSize size) {
  recording_.width = columns_ = size.width;
  recording_.height = rows_ = size.height;
}

void EventCollector::note_left_out(u64 count, const std::string& what) {
  if (count > 0) note(std::to_string(count) + " " + what + " left out");
}

EventRecording EventCollector::take() {
  std::vector<Event>& events = recording_.events;
  u64 late = 0;
  for (u64 i = 1; i < events.size(); ++i) late += is_earlier(events[i], events[i - 1]);
  if (late > 0) {
    check_available_memory(events.size() * sizeof(Event), "sorting the events of " + path_);
    std::stable_sort(events.begin(), events.end(), is_earlier);
    note("time ran backwards " + std::to_string(late) + " times: events sorted by time");
  }
  if (events.empty()) note("no events");
  return std::move(recording_);
}

void EventCollector::grow() {
  const u64 room = std::min(std::max<u64>(2 * recording_.events.capacity(), 4096), limit_);
  check_available_memory(room * sizeof(Event), "the events of " + path_);
  recording_.events.reserve(room);
}

void EventCollector::fail_outside(const Event& event, const std::string& place) const {
  throw InputError(place,
                   "event at x = " + std::to_string(event.x) + ", y = " + std::to_string(event.y) +
                       " is outside the sensor of " + std::to_string(columns_) + " x " +
                       std::to_string(rows_) + " pixels",
                   "the file is damaged, or its header is wrong");
}

void EventCollector::fail_full(const std::string& place) const {
  throw InputError(place, "more events than can be read (" + std::to_string(limit_) + ")",
                   "cut the recording into parts");
}

void TimeUnwrapper::note_wraps(EventCollector& collector) const {
  if (wraps_ == 0) return;
  collector.note("the camera's clock started again at 0 " + std::to_string(wraps_) +
                 " times: times go on");
}

}  // namespace spikefab
