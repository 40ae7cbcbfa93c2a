// Turns the events of a recording into counts per tick and input channel, as networks for event
// cameras take them. The defaults are those of tonic's ToFrame(time_window = 1000).
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mapper/events/recording.h"

namespace spikefab {

enum class FrameStart { first_event, zero };             // of tick 0, before first_us
enum class FramePolarity { separate, merged, on_only };  // 2, 1, 1 channels
// Of the last tick, when the recording ends within it. Dropped, unless it is the only one, by
// tonic's ToFrame, and so by networks that were trained with it.
enum class PartialTick { drop, keep };

struct EventFrameOptions {
  u64 tick_us = 1000;
  FrameStart start = FrameStart::first_event;
  u64 first_us = 0;  // after the start, events from here on become ticks 0, 1, ...
  u64 last_us = std::numeric_limits<u64>::max();  // and from here on, they are left out
  u64 max_ticks = 0;                              // 0: as many as there are
  PartialTick partial = PartialTick::drop;
  FramePolarity polarity = FramePolarity::separate;
  bool binary = false;     // 1 instead of the count
  u32 downscale = 1;       // so many x so many pixels become one
  SensorSize sensor = {};  // 0 x 0: that of the recording
};

struct EventCount {
  u32 index = 0;  // (polarity * height + y) * width + x
  u32 count = 0;
  bool operator==(const EventCount&) const = default;
};

struct EventFrames {
  u32 channels = 0;  // with separate polarities, 0 is darker and 1 brighter
  u32 height = 0;
  u32 width = 0;
  u64 ticks = 0;
  std::vector<u64> begin = {0};    // [tick + 1] into counts
  std::vector<EventCount> counts;  // of each tick, by ascending index; none is 0
  u64 left_out = 0;                // events before or after, or of the other polarity

  u32 size() const { return channels * height * width; }
  std::span<const EventCount> tick(u64 t) const {
    return {counts.data() + begin[t], begin[t + 1] - begin[t]};
  }
};

// The events must be in order of time. Throws InputError, with the recording's name as place, if
// one is outside options.sensor, if there are too many ticks for the memory, or more than 2^32
// channels; UsageError for an option that is 0 and must not.
EventFrames make_event_frames(const EventRecording& recording,
                              const EventFrameOptions& options = {});

}  // namespace spikefab
