// DAT, EVT 2.0 and EVT 3.0: bytes worked out by hand from the formats' descriptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapper/events/recording.h"
#include "tests/support/event_files.h"
#include "tests/support/event_writers.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;

class PropheseeReaders : public EventFileTest {};

TEST_F(PropheseeReaders, DatByHand) {
  const std::string header = "% Data file containing CD events.\n% Version 2\n";
  // Type 12, 8 bytes; 66051 us; x = 1 + 2 * 256, y = 3, polarity 1.
  const std::string data = "\x0c\x08" + std::string("\x03\x02\x01\x00\x01\xc2\x00\x10", 8);

  const EventRecording recording = load("a_td.dat", header + data);

  EXPECT_THAT(recording.events, ElementsAre(Event{66051, 513, 3, 1}));
  EXPECT_EQ(stated_size(recording), SensorSize{});
}

TEST_F(PropheseeReaders, DatClockStartsAgainAt32Bits) {
  const std::string header = "% Data file containing CD events.\n% Version 2\n\x0c\x08";
  const auto event = [](u64 clock) { return low_first(clock, 4) + low_first(0, 4); };

  EXPECT_THAT(events_of("a.dat", header + event(0xffffffff) + event(0)),
              ElementsAre(Event{0xffffffff, 0, 0, 0}, Event{0x100000000, 0, 0, 0}));
}

TEST_F(PropheseeReaders, Evt2ByHand) {
  // [docs.prophesee.ai, "EVT 2.0 Format"]: time high 0x2 gives bits 33..6; on at 5 us after, x 7,
  // y 9.
  const std::string words = evt2_words(
      {0x80000002, 1u << 28 | 5u << 22 | 7u << 11 | 9, 0u << 28 | 63u << 22 | 2047u << 11 | 2047});

  EXPECT_THAT(events_of("a.raw", raw_header("EVT2", {2048, 2048}) + words),
              ElementsAre(Event{133, 7, 9, 1}, Event{191, 2047, 2047, 0}));
}

TEST_F(PropheseeReaders, Evt2ClockStartsAgainAt34Bits) {
  const std::string words = evt2_words({0x8fffffff, 63u << 22, 0x80000000, 0});

  EXPECT_THAT(events_of("a.raw", raw_header("EVT2", {10, 10}) + words),
              ElementsAre(Event{(u64{1} << 34) - 1, 0, 0, 0}, Event{u64{1} << 34, 0, 0, 0}));
}

TEST_F(PropheseeReaders, Evt2NotesWhatIsNoEvent) {
  const std::string words = evt2_words(
      {0x10000000, 0x80000000, 0xa0000001, 0xe0000000, 0xf0000000, 0x30000000, 0x00000801});

  const EventRecording recording = load("a.raw", raw_header("EVT2", {10, 10}) + words + "abc");

  EXPECT_THAT(recording.events, ElementsAre(Event{0, 1, 1, 0}));
  EXPECT_THAT(
      recording.notes,
      ElementsAre("1 events before the first time word left out", "1 external triggers left out",
                  "2 words of other data left out", "1 words of unknown type left out",
                  "3 bytes at the end, which are no whole word, left out"));
}

const std::string evt3_header = raw_header("EVT3", {1280, 720});

TEST_F(PropheseeReaders, Evt3ByHand) {
  // Time 0x001002, row 5 (bit 11 names the camera), then x 3 on; base 100 off with 12 pixels of
  // which 0, 1 and 11 changed, then the 8 from 112 on with 7; time low 0x003; x 4 on.
  const std::string words =
      evt3_words({0x8001, 0x6002, 0x0805, 0x2803, 0x3064, 0x4803, 0x5f80, 0x6003, 0x2804});

  EXPECT_THAT(
      events_of("a.raw", evt3_header + words),
      ElementsAre(Event{0x1002, 3, 5, 1}, Event{0x1002, 100, 5, 0}, Event{0x1002, 101, 5, 0},
                  Event{0x1002, 111, 5, 0}, Event{0x1002, 119, 5, 0}, Event{0x1003, 4, 5, 1}));
}

TEST_F(PropheseeReaders, Evt3VectorsGoOnBehindEachOther) {
  // 12 + 12 + 8 pixels from 0 on: the last one of each.
  const std::string words = evt3_words({0x8000, 0x0000, 0x3800, 0x4800, 0x4800, 0x5080});

  EXPECT_THAT(events_of("a.raw", evt3_header + words),
              ElementsAre(Event{0, 11, 0, 1}, Event{0, 23, 0, 1}, Event{0, 31, 0, 1}));
}

TEST_F(PropheseeReaders, Evt3ClockStartsAgainAt24Bits) {
  const std::string words = evt3_words(
      {0x8fff, 0x6fff, 0x0000, 0x2001, 0x8000, 0x2001, 0x6001, 0x2001, 0x8fff, 0x8000, 0x2001});

  const EventRecording recording = load("a.raw", evt3_header + words);

  EXPECT_THAT(recording.events, ElementsAre(Event{0xffffff, 1, 0, 0}, Event{0x1000000, 1, 0, 0},
                                            Event{0x1000000, 1, 0, 0}, Event{0x1000001, 1, 0, 0}));
}

TEST_F(PropheseeReaders, Evt3NotesWhatIsNoEvent) {
  // Before time and row; trigger, others, continued; unknown types; an odd byte at the end.
  const std::string words = evt3_words({0x2001, 0x8000, 0x2001, 0x0000, 0x4003, 0xa001, 0xe000,
                                        0x7000, 0xf000, 0x1000, 0xd000, 0x2001});

  const EventRecording recording = load("a.raw", evt3_header + words + "a");

  EXPECT_THAT(recording.events, ElementsAre(Event{0, 1, 0, 0}));
  EXPECT_THAT(recording.notes,
              ElementsAre("4 events before the first time, row or vector base left out",
                          "1 external triggers left out", "3 words of other data left out",
                          "2 words of unknown type left out",
                          "1 bytes at the end, which are no whole word, left out"));
}

TEST_F(PropheseeReaders, RawSizeIsThatOfEitherLine) {
  const std::string word = evt3_words({0x8000});
  EXPECT_EQ(stated_size(load("a.raw", "% evt 3.0\n% geometry 320x200\n% end\n" + word)),
            (SensorSize{320, 200}));
  EXPECT_EQ(stated_size(load("a.raw", "% format EVT3;height=200;width=320\n% end\n" + word)),
            (SensorSize{320, 200}));
  EXPECT_EQ(stated_size(load("a.raw", "% evt 3.0\n% end\n" + word)), SensorSize{});
}

TEST_F(PropheseeReaders, RawHeaderNeedsNoEndLine) {
  const std::string words = evt3_words({0x8000, 0x0002, 0x2801});

  EXPECT_THAT(events_of("a.raw", "% evt 3.0\n" + words), ElementsAre(Event{0, 1, 2, 1}));
}

TEST_F(PropheseeReaders, EventsLateAtTheEndOfTheClockAreNotMovedOn) {
  const std::string header = "% Data file containing CD events.\n% Version 2\n\x0c\x08";
  const auto event = [](u64 clock, u64 x) { return low_first(clock, 4) + low_first(x, 4); };

  EXPECT_THAT(events_of("a.dat", header + event(0xfffffff0, 1) + event(2, 2) +
                                     event(0xfffffff8, 3) + event(3, 4)),
              ElementsAre(Event{0xfffffff0, 1, 0, 0}, Event{0xfffffff8, 3, 0, 0},
                          Event{0x100000002, 2, 0, 0}, Event{0x100000003, 4, 0, 0}));
}

}  // namespace
}  // namespace spikefab::test
