// What all readers of events have in common: files written from the formats' descriptions
// (tests/support/event_writers.h) come back as the events that went in; and N-MNIST's format by
// hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "mapper/events/reader.h"
#include "mapper/events/recording.h"
#include "tests/support/event_files.h"
#include "tests/support/event_writers.h"
#include "tests/support/gzip_text.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EventReaders : public EventFileTest {};

TEST_F(EventReaders, ReadASampleOfEveryFormat) {
  std::set<std::string> formats;
  for (const EventSample& sample : event_samples()) {
    SCOPED_TRACE(sample.file_name);

    const EventRecording recording = load(sample.file_name, sample.content);

    expect_same(recording.events, sample.events);
    EXPECT_EQ(stated_size(recording), sample.sensor);
    formats.insert(sample.format);
  }
  const std::vector<std::string> all = Registry<EventReader>::names();
  EXPECT_EQ(formats, std::set<std::string>(all.begin(), all.end())) << "a format has no sample";
}

TEST_F(EventReaders, ReadTheSameWhenTheFormatIsNamed) {
  for (const EventSample& sample : event_samples()) {
    SCOPED_TRACE(sample.file_name);
    const std::string path = folder_.write("no_extension", sample.content);

    const EventRecording recording = load_events(path, sample.format);

    expect_same(recording.events, sample.events);
    EXPECT_EQ(recording.name, "no_extension");
  }
}

TEST_F(EventReaders, ReadCompressedFilesAlike) {
  for (const EventSample& sample : event_samples()) {
    SCOPED_TRACE(sample.file_name);

    const EventRecording recording = load(sample.file_name + ".gz", gzip(sample.content));

    expect_same(recording.events, sample.events);
    EXPECT_EQ(recording.name + ".", sample.file_name.substr(0, recording.name.size() + 1));
  }
}

// A way to write random events, and the limits of the format: how many pixels it can name, and how
// long no event may come.
struct RoundTrip {
  std::string name;
  std::string file_name;
  SensorSize sensor;
  u64 max_step_us;
  std::function<std::string(const Events&, SensorSize)> write;
  bool has_neighbours = false;
  bool states_sensor = true;
};
void PrintTo(const RoundTrip& trip, std::ostream* out) { *out << trip.name; }

const std::vector<RoundTrip> round_trips = {
    {"nmnist", "a.bin", {34, 34}, 300'000, [](auto& e, auto) { return nmnist_file(e); }},
    {"atis_of_full_size",
     "a.bin",
     {256, 240},
     300'000,
     [](auto& e, auto) { return nmnist_file(e); },
     false,
     false},
    {"aedat2_dvs128",
     "a.aedat",
     {128, 128},
     u64{1} << 30,
     [](auto& e, auto) { return aedat2_file(e); }},
    {"aedat2_davis240",
     "a.aedat",
     {240, 180},
     u64{1} << 30,
     [](auto& e, auto) { return aedat2_file(e, "DAVIS240C"); }},
    {"aedat2_davis346",
     "a.aedat",
     {346, 260},
     u64{1} << 30,
     [](auto& e, auto) { return aedat2_file(e, "Davis346mini"); }},
    {"aedat2_davis640",
     "a.aedat",
     {640, 480},
     u64{1} << 30,
     [](auto& e, auto) { return aedat2_file(e, "Davis640"); }},
    {"aedat31_dvs128",
     "a.aedat",
     {128, 128},
     u64{1} << 34,
     [](auto& e, auto) { return aedat31_file(e); }},
    {"aedat31_unknown_camera",
     "a.aedat",
     {32768, 32768},
     1000,
     [](auto& e, auto) { return aedat31_file(e, "Eye", 1); },
     false,
     false},
    {"dat",
     "a.dat",
     {16384, 16384},
     u64{1} << 31,
     [](auto& e, auto size) { return dat_file(e, size); }},
    {"evt2",
     "a.raw",
     {2048, 2048},
     u64{1} << 32,
     [](auto& e, auto size) { return evt2_file(e, size); }},
    {"evt3_single",
     "a.raw",
     {2048, 2048},
     u64{1} << 22,
     [](auto& e, auto size) { return evt3_file(e, size, Evt3Style::single); }},
    {"evt3_vectors",
     "a.raw",
     {1280, 720},
     u64{1} << 22,
     [](auto& e, auto size) { return evt3_file(e, size, Evt3Style::vectors); },
     true},
    {"evt3_vectors_of_full_size",
     "a.raw",
     {2048, 2048},
     u64{1} << 22,
     [](auto& e, auto size) { return evt3_file(e, size, Evt3Style::vectors); },
     true},
    {"csv",
     "a.csv",
     {65536, 65536},
     u64{1} << 40,
     [](auto& e, auto) { return csv_file(e); },
     false,
     false},
};

class EventRoundTrips : public testing::TestWithParam<RoundTrip> {};

TEST_P(EventRoundTrips, GiveTheEventsBack) {
  const TempFolder folder(memory_folder());
  for (u64 seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Events events =
        random_events(GetParam().sensor, 1 + random() % 1500, GetParam().max_step_us, random);
    if (GetParam().has_neighbours) events = with_neighbours(events, GetParam().sensor, random);
    const std::string content = GetParam().write(events, GetParam().sensor);

    const EventRecording recording = load_events(folder.write(GetParam().file_name, content));

    expect_same(recording.events, events);
    EXPECT_EQ(recording.width != 0, GetParam().states_sensor);
    if (GetParam().states_sensor) {
      EXPECT_EQ(stated_size(recording), GetParam().sensor);
    }
  }
}

// The last pixel of the sensor, and the last and first value of the clock.
TEST_P(EventRoundTrips, HoldAtTheCorners) {
  const TempFolder folder(memory_folder());
  const auto x = static_cast<u16>(GetParam().sensor.width - 1);
  const auto y = static_cast<u16>(GetParam().sensor.height - 1);
  const Events events = {{0, 0, 0, 0}, {0, x, y, 1}, {1, 0, y, 0}, {1, x, 0, 1}};
  const std::string content = GetParam().write(events, GetParam().sensor);

  expect_same(load_events(folder.write(GetParam().file_name, content)).events, events);
}

INSTANTIATE_TEST_SUITE_P(Formats, EventRoundTrips, testing::ValuesIn(round_trips),
                         [](const auto& test) { return test.param.name; });

TEST_F(EventReaders, NmnistByHand) {
  // x 10, y 33, polarity 1, 0x123456 us; then polarity 0.
  const std::string bytes = "\x0a\x21\x92\x34\x56" + std::string("\x21\x00\x12\x34\x57", 5);

  const EventRecording recording = load("00001.bs2", bytes);

  EXPECT_THAT(recording.events, ElementsAre(Event{0x123456, 10, 33, 1}, Event{0x123457, 33, 0, 0}));
  EXPECT_EQ(stated_size(recording), (SensorSize{34, 34}));
  EXPECT_EQ(recording.name, "00001");
  EXPECT_THAT(recording.notes, IsEmpty());
}

TEST_F(EventReaders, NmnistClockGoesOnAfterEachOverflow) {
  const std::string overflow = std::string("\x00\xf0\x00\x00\x00", 5);
  const std::string event = std::string("\x01\x02\x00\x00\x05", 5);

  EXPECT_THAT(events_of("a.bin", event + overflow + event + overflow + event),
              ElementsAre(Event{5, 1, 2, 0}, Event{8197, 1, 2, 0}, Event{16389, 1, 2, 0}));
}

TEST_F(EventReaders, NmnistSizeIsThatOfTheLargerSetIfAnEventIsOutside) {
  const EventRecording recording = load("a.bin", "\x22\x01\x01\x01\x01");

  EXPECT_EQ(stated_size(recording), SensorSize{});
  EXPECT_EQ(sensor_size(recording), (SensorSize{35, 2}));
}

TEST_F(EventReaders, SortEventsByTimeAndSaySo) {
  const EventRecording recording = load("a.csv", "t,x,y,p\n5,1,0,0\n3,2,0,0\n5,3,0,0\n3,4,0,0\n");

  EXPECT_THAT(recording.events, ElementsAre(Event{3, 2, 0, 0}, Event{3, 4, 0, 0}, Event{5, 1, 0, 0},
                                            Event{5, 3, 0, 0}));
  EXPECT_THAT(recording.notes, ElementsAre("time ran backwards 2 times: events sorted by time"));
}

TEST_F(EventReaders, EmptyRecordingsSaySo) {
  EXPECT_THAT(load("a.bin", "").notes, ElementsAre("no events"));
  EXPECT_THAT(load("a.raw", "% evt 3.0\n% end\n").notes, ElementsAre("no events"));
  EXPECT_THAT(load("a.csv", "t,x,y,p\n").notes, ElementsAre("no events"));
  EXPECT_EQ(sensor_size(load("a.csv", "")), SensorSize{});
}

TEST_F(EventReaders, LargerThanTheBuffersAreReadWhole) {
  std::mt19937_64 random(3);
  const Events events = random_events({34, 34}, 100'000, 10, random);

  expect_same(events_of("a.bin", nmnist_file(events)), events);
  expect_same(events_of("a.csv", csv_file(events)), events);
  expect_same(events_of("a.raw", evt3_file(events, {34, 34}, Evt3Style::single)), events);
}

}  // namespace
}  // namespace spikefab::test
