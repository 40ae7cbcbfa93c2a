// What every event reader does with an event: check it against the sensor's size, keep it within
// bounds of memory, and in the end put all in order of time.
#pragma once

#include <string>
#include <vector>

#include "mapper/events/recording.h"

namespace spikefab {

inline constexpr u64 max_events = u64{1} << 27;  // of a recording; they take 2 GiB

class EventCollector {
 public:
  explicit EventCollector(const std::string& path, u64 limit = max_events);

  // What the file says of its sensor. Events beyond it are errors from then on.
  void set_sensor(SensorSize size);
  SensorSize sensor() const { return {recording_.width, recording_.height}; }

  // `place_of()` gives the event's place, for the message if it is refused.
  template <class PlaceOf>
  void add(const Event& event, PlaceOf&& place_of) {
    if (event.x >= columns_ || event.y >= rows_) fail_outside(event, place_of());
    if (recording_.events.size() >= limit_) fail_full(place_of());
    if (recording_.events.size() == recording_.events.capacity()) grow();
    recording_.events.push_back(event);
  }

  u64 count() const { return recording_.events.size(); }
  void note(std::string text) { recording_.notes.push_back(std::move(text)); }
  // "3 external triggers are left out", unless there are none.
  void note_left_out(u64 count, const std::string& what);

  EventRecording take();

 private:
  void grow();
  [[noreturn]] void fail_outside(const Event& event, const std::string& place) const;
  [[noreturn]] void fail_full(const std::string& place) const;

  std::string path_;
  u64 limit_;  // of events
  EventRecording recording_;
  u32 columns_ = 0x10000;  // as many as an event can name
  u32 rows_ = 0x10000;
};

// Counters of a camera have few bits and start again at 0. A step down by more than half of their
// range is taken for that; after it, a step up by more than half for an event that is late. So
// there must be some event (or time word) in each half of the range.
class TimeUnwrapper {
 public:
  explicit TimeUnwrapper(u32 bits) : range_(u64{1} << bits) {}

  u64 unwrapped(u64 counter) {
    const u64 half = range_ / 2;
    if (counter < last_ && last_ - counter > half) {
      begin_ += range_;
      ++wraps_;
    } else if (begin_ > 0 && counter > last_ && counter - last_ > half) {
      return begin_ - range_ + counter;
    }
    last_ = counter;
    return begin_ + counter;
  }

  // Says how often the counter started again, if it did.
  void note_wraps(EventCollector& collector) const;

 private:
  u64 range_;
  u64 begin_ = 0;  // time of counter 0
  u64 last_ = 0;   // counter
  u64 wraps_ = 0;
};

}  // namespace spikefab
