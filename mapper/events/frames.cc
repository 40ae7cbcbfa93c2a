#include "mapper/events/frames.h"

#include <algorithm>

#include "base/error.h"
#include "base/memory.h"

namespace spikefab {
namespace {

constexpr u64 max_ticks = u64{1} << 22;

void check_options(const EventFrameOptions& options) {
  if (options.tick_us == 0) throw UsageError("tick_us = 0 (must be 1 or more)");
  if (options.downscale == 0) throw UsageError("downscale = 0 (must be 1 or more)");
}

class Framer {
 public:
  Framer(const EventRecording& recording, const EventFrameOptions& options)
      : recording_(recording), options_(options) {
    check_options(options);
    set_sides();
    choose_events();
    choose_ticks();
  }

  EventFrames take() {
    frames_.begin.assign(frames_.ticks + 1, 0);
    u64 next = 0;
    for (u64 tick = 0; tick < frames_.ticks; ++tick) {
      std::vector<u32> indices;
      for (; next < chosen_.size() && tick_of(chosen_[next]) == tick; ++next) {
        add_index(chosen_[next], indices);
      }
      add_counts(indices);
      frames_.begin[tick + 1] = frames_.counts.size();
    }
    frames_.left_out += chosen_.size() - next;
    return std::move(frames_);
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& hint) const {
    throw InputError(recording_.name, what, hint);
  }

  void set_sides() {
    const bool is_given = options_.sensor.width != 0 && options_.sensor.height != 0;
    sensor_ = is_given ? options_.sensor : sensor_size(recording_);
    frames_.width = static_cast<u32>(divide_up(sensor_.width, options_.downscale));
    frames_.height = static_cast<u32>(divide_up(sensor_.height, options_.downscale));
    frames_.channels = options_.polarity == FramePolarity::separate ? 2 : 1;
    const u64 size = checked_product({frames_.channels, frames_.height, frames_.width});
    if (size > std::numeric_limits<u32>::max()) {
      fail("a sensor of " + std::to_string(sensor_.width) + " x " + std::to_string(sensor_.height) +
               " pixels has too many channels",
           "at most 2^32 - 1; scale it down");
    }
  }

  // Those of the window of time; they are in order.
  void choose_events() {
    const std::span<const Event> events = recording_.events;
    if (events.empty()) return;
    start_us_ = options_.start == FrameStart::zero ? 0 : events.front().time_us;
    const auto first_at = [&](u64 us) {
      return std::lower_bound(events.begin(), events.end(), us, [&](const Event& event, u64 limit) {
        return event.time_us - start_us_ < limit;
      });
    };
    const auto first = first_at(options_.first_us);
    const auto last = std::max(first, first_at(options_.last_us));
    chosen_ = std::span(first, last);
    frames_.left_out = events.size() - chosen_.size();
    start_us_ += chosen_.empty() ? 0 : options_.first_us;
  }

  void choose_ticks() {
    if (chosen_.empty()) return;
    const u64 last_us = chosen_.back().time_us - start_us_;
    u64 ticks = last_us / options_.tick_us;
    if (options_.partial == PartialTick::keep) ++ticks;
    ticks = std::max<u64>(ticks, 1);
    if (options_.max_ticks > 0) ticks = std::min(ticks, options_.max_ticks);
    if (ticks > max_ticks) {
      fail(std::to_string(ticks) + " ticks of " + std::to_string(options_.tick_us) +
               " us (at most " + std::to_string(max_ticks) + ")",
           "use longer ticks, a part of the time, or fewer ticks");
    }
    frames_.ticks = ticks;
  }

  u64 tick_of(const Event& event) const { return (event.time_us - start_us_) / options_.tick_us; }

  void add_index(const Event& event, std::vector<u32>& indices) {
    if (event.x >= sensor_.width || event.y >= sensor_.height) {
      fail("event at x = " + std::to_string(event.x) + ", y = " + std::to_string(event.y) +
               " is outside the sensor of " + std::to_string(sensor_.width) + " x " +
               std::to_string(sensor_.height) + " pixels",
           "the recording is of a larger sensor");
    }
    if (options_.polarity == FramePolarity::on_only && event.polarity == 0) {
      ++frames_.left_out;
      return;
    }
    const u32 channel = options_.polarity == FramePolarity::separate && event.polarity != 0;
    const u32 row = channel * frames_.height + event.y / options_.downscale;
    indices.push_back(row * frames_.width + event.x / options_.downscale);
  }

  void add_counts(std::vector<u32>& indices) {
    std::sort(indices.begin(), indices.end());
    for (u64 i = 0; i < indices.size();) {
      u64 end = i;
      while (end < indices.size() && indices[end] == indices[i]) ++end;
      frames_.counts.push_back({indices[i], options_.binary ? 1 : static_cast<u32>(end - i)});
      i = end;
    }
  }

  const EventRecording& recording_;
  const EventFrameOptions& options_;
  SensorSize sensor_;
  std::span<const Event> chosen_;
  u64 start_us_ = 0;
  EventFrames frames_;
};

}  // namespace

EventFrames make_event_frames(const EventRecording& recording, const EventFrameOptions& options) {
  return Framer(recording, options).take();
}

}  // namespace spikefab
