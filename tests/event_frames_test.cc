// Events to counts per tick and channel: by hand, and held against a naive count.
#include "mapper/events/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/error.h"
#include "tests/support/event_writers.h"

namespace spikefab {

void PrintTo(const EventCount& c, std::ostream* out) { *out << c.count << " x " << c.index; }

namespace test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A sensor of 4 x 3 pixels, so that the channel of brighter begins at index 12.
EventRecording recording_of(const Events& events) {
  EventRecording recording;
  recording.name = "small";
  recording.width = 4;
  recording.height = 3;
  recording.events = events;
  return recording;
}

std::vector<EventCount> tick(const EventFrames& frames, u64 t) {
  const auto counts = frames.tick(t);
  return {counts.begin(), counts.end()};
}

std::vector<EventCount> first_tick(const Events& events, const EventFrameOptions& options) {
  return tick(make_event_frames(recording_of(events), options), 0);
}

TEST(EventFrames, CountEventsByTickAndChannel) {
  const EventFrames frames = make_event_frames(
      recording_of(
          {{500, 1, 2, 1}, {900, 0, 0, 0}, {1499, 1, 2, 1}, {1500, 3, 2, 1}, {3600, 3, 0, 0}}),
      {.partial = PartialTick::keep});

  EXPECT_EQ(frames.channels, 2u);
  EXPECT_EQ(frames.height, 3u);
  EXPECT_EQ(frames.width, 4u);
  EXPECT_EQ(frames.size(), 24u);
  ASSERT_EQ(frames.ticks, 4u);
  EXPECT_THAT(tick(frames, 0), ElementsAre(EventCount{0, 1}, EventCount{12 + 2 * 4 + 1, 2}));
  EXPECT_THAT(tick(frames, 1), ElementsAre(EventCount{12 + 2 * 4 + 3, 1}));
  EXPECT_THAT(tick(frames, 2), IsEmpty());
  EXPECT_THAT(tick(frames, 3), ElementsAre(EventCount{3, 1}));
  EXPECT_EQ(frames.left_out, 0u);
}

TEST(EventFrames, StartAtTheFirstEventOrAtZero) {
  const EventRecording recording = recording_of({{2500, 0, 0, 0}, {3400, 1, 0, 0}});

  const EventFrames from_event = make_event_frames(recording);
  const EventFrames from_zero =
      make_event_frames(recording, {.start = FrameStart::zero, .partial = PartialTick::keep});

  EXPECT_EQ(from_event.ticks, 1u);
  EXPECT_EQ(from_zero.ticks, 4u);
  EXPECT_THAT(tick(from_zero, 2), ElementsAre(EventCount{0, 1}));
  EXPECT_THAT(tick(from_zero, 3), ElementsAre(EventCount{1, 1}));
}

TEST(EventFrames, PolaritiesAreSeparateMergedOrOneOfThem) {
  const Events events = {{0, 1, 0, 0}, {0, 1, 0, 1}, {0, 2, 0, 1}};

  EXPECT_THAT(first_tick(events, {.polarity = FramePolarity::merged}),
              ElementsAre(EventCount{1, 2}, EventCount{2, 1}));
  const EventFrames on =
      make_event_frames(recording_of(events), {.polarity = FramePolarity::on_only});
  EXPECT_THAT(tick(on, 0), ElementsAre(EventCount{1, 1}, EventCount{2, 1}));
  EXPECT_EQ(on.channels, 1u);
  EXPECT_EQ(on.size(), 12u);
  EXPECT_EQ(on.left_out, 1u);
}

TEST(EventFrames, BinaryOnesCountOnce) {
  const Events events = {{0, 1, 0, 0}, {5, 1, 0, 0}, {9, 2, 0, 0}};

  EXPECT_THAT(first_tick(events, {.binary = true}),
              ElementsAre(EventCount{1, 1}, EventCount{2, 1}));
}

TEST(EventFrames, DownscalingJoinsPixelsAndRoundsUp) {
  const Events events = {{0, 1, 1, 0}, {0, 0, 0, 0}, {0, 2, 0, 0}, {0, 3, 2, 0}};

  const EventFrames frames = make_event_frames(recording_of(events), {.downscale = 2});

  EXPECT_EQ(frames.width, 2u);
  EXPECT_EQ(frames.height, 2u);
  EXPECT_THAT(tick(frames, 0), ElementsAre(EventCount{0, 2}, EventCount{1, 1}, EventCount{3, 1}));
}

TEST(EventFrames, AreOfTheWindowOfTimeThatIsGiven) {
  const Events events = {
      {100, 0, 0, 0}, {299, 1, 0, 0}, {300, 2, 0, 0}, {599, 3, 0, 0}, {600, 0, 1, 0}};

  const EventFrames frames = make_event_frames(
      recording_of(events),
      {.tick_us = 100, .first_us = 200, .last_us = 500, .partial = PartialTick::keep});

  ASSERT_EQ(frames.ticks, 3u);
  EXPECT_THAT(tick(frames, 0), ElementsAre(EventCount{2, 1}));
  EXPECT_THAT(tick(frames, 2), ElementsAre(EventCount{3, 1}));
  EXPECT_EQ(frames.left_out, 3u);
}

TEST(EventFrames, NoMoreTicksThanAllowed) {
  const Events events = {{0, 0, 0, 0}, {1000, 1, 0, 0}, {1999, 1, 0, 0}, {2000, 2, 0, 0}};

  const EventFrames frames = make_event_frames(recording_of(events), {.max_ticks = 2});

  EXPECT_EQ(frames.ticks, 2u);
  EXPECT_THAT(tick(frames, 1), ElementsAre(EventCount{1, 2}));
  EXPECT_EQ(frames.left_out, 1u);
}

// tonic.slicers.slice_events_by_time(time_window = w, include_incomplete = False) makes
// max(floor((t_last - t_first - w) / w) + 1, 1) windows.
TEST(EventFrames, APartialLastTickIsDroppedAsByTonicOrKept) {
  for (const u64 last_us : {0, 1, 999, 1000, 1001, 1999, 2000, 2500, 305'999}) {
    const EventRecording recording = recording_of({{7, 0, 0, 0}, {7 + last_us, 1, 0, 0}});

    const EventFrames dropped = make_event_frames(recording);
    const EventFrames kept = make_event_frames(recording, {.partial = PartialTick::keep});

    const u64 of_tonic = last_us < 1000 ? 1 : (last_us - 1000) / 1000 + 1;
    EXPECT_EQ(dropped.ticks, of_tonic) << last_us;
    EXPECT_EQ(kept.ticks, last_us / 1000 + 1) << last_us;
    EXPECT_EQ(dropped.left_out, last_us < 1000 ? 0 : 1) << last_us;
  }
}

TEST(EventFrames, OfNoEventsHaveNoTicks) {
  EXPECT_EQ(make_event_frames(recording_of({})).ticks, 0u);
  EXPECT_EQ(make_event_frames(EventRecording{}).size(), 0u);
  const EventFrames none =
      make_event_frames(recording_of({{5, 0, 0, 0}}), {.first_us = 10, .last_us = 5});
  EXPECT_EQ(none.ticks, 0u);
  EXPECT_EQ(none.left_out, 1u);
}

TEST(EventFrames, OfAnUnknownSensorAreJustLargeEnough) {
  EventRecording recording = recording_of({{0, 6, 1, 1}});
  recording.width = recording.height = 0;

  const EventFrames frames = make_event_frames(recording);
  const EventFrames larger = make_event_frames(recording, {.sensor = {10, 10}});

  EXPECT_EQ(frames.size(), 2u * 7 * 2);
  EXPECT_THAT(tick(frames, 0), ElementsAre(EventCount{14 + 7 + 6, 1}));
  EXPECT_THAT(tick(larger, 0), ElementsAre(EventCount{100 + 10 + 6, 1}));
}

std::string problem(const EventRecording& recording, const EventFrameOptions& options) {
  try {
    make_event_frames(recording, options);
  } catch (const InputError& error) {
    return error.what();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(EventFrames, SayWhatTheyCannotDo) {
  const EventRecording recording = recording_of({{0, 3, 2, 0}, {u64{1} << 50, 0, 0, 0}});

  EXPECT_EQ(problem(recording, {.tick_us = 0}), "tick_us = 0 (must be 1 or more)");
  EXPECT_EQ(problem(recording, {.downscale = 0}), "downscale = 0 (must be 1 or more)");
  EXPECT_EQ(problem(recording, {}),
            "small: 1125899906842 ticks of 1000 us (at most 4194304) (use longer ticks, a part of "
            "the time, or fewer ticks)");
  EXPECT_EQ(problem(recording, {.max_ticks = 3}), "");
  EXPECT_EQ(
      problem(recording, {.max_ticks = 3, .sensor = {4, 2}}),
      "small: event at x = 3, y = 2 is outside the sensor of 4 x 2 pixels (the recording is of "
      "a larger sensor)");
  EXPECT_EQ(
      problem(recording, {.max_ticks = 3, .sensor = {65536, 65536}}),
      "small: a sensor of 65536 x 65536 pixels has too many channels (at most 2^32 - 1; scale "
      "it down)");
  EXPECT_EQ(problem(recording, {.max_ticks = 3, .downscale = 2, .sensor = {65536, 65536}}), "");
}

// [tick][index] -> count, event by event.
using NaiveCounts = std::map<u64, std::map<u32, u32>>;

NaiveCounts naive_counts(const Events& events, const EventFrameOptions& options, u32 width,
                         u32 height) {
  NaiveCounts counts;
  const u64 start_us = options.start == FrameStart::zero ? 0 : events[0].time_us;
  for (const Event& e : events) {
    const u64 after_us = e.time_us - start_us;
    if (after_us < options.first_us || after_us >= options.last_us) continue;
    if (options.polarity == FramePolarity::on_only && e.polarity == 0) continue;
    const u64 tick = (after_us - options.first_us) / options.tick_us;
    if (options.max_ticks > 0 && tick >= options.max_ticks) continue;
    const u32 channel = options.polarity == FramePolarity::separate ? e.polarity : 0;
    const u32 index =
        (channel * height + e.y / options.downscale) * width + e.x / options.downscale;
    u32& count = counts[tick][index];
    count = options.binary ? 1 : count + 1;
  }
  return counts;
}

EventFrameOptions random_options(std::mt19937_64& random) {
  EventFrameOptions options;
  options.partial = PartialTick::keep;
  options.tick_us = 1 + random() % 2000;
  options.start = random() % 2 == 0 ? FrameStart::first_event : FrameStart::zero;
  if (random() % 2 == 0) options.first_us = random() % 20'000;
  if (random() % 2 == 0) options.last_us = random() % 60'000;
  if (random() % 2 == 0) options.max_ticks = 1 + random() % 40;
  options.polarity = static_cast<FramePolarity>(random() % 3);
  options.binary = random() % 2 == 0;
  options.downscale = static_cast<u32>(1 + random() % 4);
  return options;
}

TEST(EventFrames, AgreeWithANaiveCount) {
  for (u64 seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    EventRecording recording;
    recording.width = static_cast<u32>(1 + random() % 40);
    recording.height = static_cast<u32>(1 + random() % 40);
    recording.events = random_events(sensor_size(recording), 1 + random() % 2000, 500, random);
    const EventFrameOptions options = random_options(random);

    const EventFrames frames = make_event_frames(recording, options);

    NaiveCounts counts;
    u64 counted = 0;
    for (u64 t = 0; t < frames.ticks; ++t) {
      u32 next = 0;
      for (const EventCount& c : frames.tick(t)) {
        EXPECT_GE(c.index, next) << "indices ascend";
        next = c.index + 1;
        counts[t][c.index] = c.count;
        counted += c.count;
      }
    }
    EXPECT_EQ(counts, naive_counts(recording.events, options, frames.width, frames.height));
    if (!options.binary) {
      EXPECT_EQ(counted + frames.left_out, recording.events.size());
    }
  }
}

}  // namespace
}  // namespace test
}  // namespace spikefab
