// Text files of events, in the ways that tools write them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mapper/events/recording.h"
#include "tests/support/event_files.h"
#include "tests/support/event_writers.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;

class CsvReader : public EventFileTest {};

TEST_F(CsvReader, CsvInTheUsualOrder) {
  const EventRecording recording = load("a.csv", "5,1,2,1\r\n6,3,4,0\r\n\r\n# end\r\n7,5,6,-1");

  EXPECT_THAT(recording.events,
              ElementsAre(Event{5, 1, 2, 1}, Event{6, 3, 4, 0}, Event{7, 5, 6, 0}));
  EXPECT_THAT(recording.notes, ElementsAre("no names of columns: read as t, x, y, p"));
  EXPECT_EQ(sensor_size(recording), (SensorSize{6, 7}));
}

TEST_F(CsvReader, CsvInTheOrderThatItNames) {
  const std::string byte_order_mark = "\xEF\xBB\xBF";
  for (const char separator : {',', ';', '\t', ' '}) {
    std::string text = byte_order_mark + "X,y,Polarity,timestamp,area\n1,2,1,5,9\n";
    std::replace(text.begin(), text.end(), ',', separator);

    const EventRecording recording = load("a.csv", text);

    EXPECT_THAT(recording.events, ElementsAre(Event{5, 1, 2, 1}));
    EXPECT_THAT(recording.notes, ElementsAre("columns area are ignored"));
  }
}

TEST_F(CsvReader, CsvTimesInSecondsAndMilliseconds) {
  EXPECT_THAT(events_of("a.csv", "t_s,x,y,p\n0.003811000,1,2,1\n1.5,1,2,0\n"),
              ElementsAre(Event{3811, 1, 2, 1}, Event{1'500'000, 1, 2, 0}));
  EXPECT_THAT(events_of("a.txt", "time_ms x y p\n0.5   1 2  1\n"),
              ElementsAre(Event{500, 1, 2, 1}));
}

TEST_F(CsvReader, CsvNumbersMayBeWrittenAsReals) {
  EXPECT_THAT(events_of("a.csv", "5.000e+00,1.0,+2e0,1.000000000000000000e+00\n"),
              ElementsAre(Event{5, 1, 2, 1}));
}

TEST_F(CsvReader, CsvOfMetavisionStatesTheSensor) {
  const EventRecording recording = load("a.csv", "%geometry:640,480\n639,479,1,5\n");

  EXPECT_THAT(recording.events, ElementsAre(Event{5, 639, 479, 1}));
  EXPECT_EQ(stated_size(recording), (SensorSize{640, 480}));
}

}  // namespace
}  // namespace spikefab::test
