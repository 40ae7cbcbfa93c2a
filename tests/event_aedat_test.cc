// AEDAT 2.0 and 3.1: bytes worked out by hand from the formats' descriptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mapper/events/recording.h"
#include "tests/support/event_files.h"
#include "tests/support/event_writers.h"

namespace spikefab::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AedatReaders : public EventFileTest {};

TEST_F(AedatReaders, Aedat2ByHand) {
  // Address 0x4b05: y 75, x 2, polarity 1. Address 0x8001 is external.
  const std::string bytes = "#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n" +
                            std::string("\0\0\x4b\x05\0\0\x01\x02\0\0\x80\x01\0\0\x01\x03", 16);

  const EventRecording recording = load("a.aedat", bytes);

  EXPECT_THAT(recording.events, ElementsAre(Event{258, 2, 75, 1}));
  EXPECT_THAT(recording.notes, ElementsAre("1 external events left out"));
}

TEST_F(AedatReaders, Aedat2ClockStartsAgainAt31Or32Bits) {
  const auto event = [](u32 clock) { return high_first(0, 4) + high_first(clock, 4); };
  const std::string header = "#!AER-DAT2.0\r\n# AEChip: DVS128\r\n";

  for (const u32 next : {0u, 0x80000000u}) {
    const EventRecording recording = load("a.aedat", header + event(0x7fffffff) + event(next));
    EXPECT_THAT(recording.events,
                ElementsAre(Event{0x7fffffff, 0, 0, 0}, Event{0x80000000, 0, 0, 0}));
    EXPECT_THAT(recording.notes, ElementsAre(HasSubstr("clock started again at 0 1 times")));
  }
}

TEST_F(AedatReaders, Aedat2OfDavisLeavesOutWhatIsNoChange) {
  const std::string header = "#!AER-DAT2.0\r\n# AEChip: DAVIS240C\r\n";
  const std::string change = high_first(0x2ccefb00, 4) + high_first(7, 4);
  const std::string external = high_first(0x400, 4) + high_first(7, 4);
  const std::string frame = high_first(0x80000000, 4) + high_first(7, 4);

  const EventRecording recording = load("a.aedat", header + frame + change + external + frame);

  // 0x2ccefb00: y = bits 30..22 = 179, x = bits 21..12 = 239, polarity = bit 11 = 1.
  EXPECT_THAT(recording.events, ElementsAre(Event{7, 239, 179, 1}));
  EXPECT_THAT(recording.notes, ElementsAre("1 external events left out",
                                           "2 words of frames and of motion sensors left out"));
}

TEST_F(AedatReaders, Aedat2DataMayBeginLikeAHeaderLine) {
  const std::string header = "#!AER-DAT2.0\r\n# AEChip: DAVIS240C\r\n";
  const std::string event = high_first(u64{'#'} << 24, 4) + high_first(7, 4);  // y = 35 << 2

  EXPECT_THAT(events_of("a.aedat", header + event), ElementsAre(Event{7, 0, 140, 0}));
  EXPECT_THAT(events_of("a.aedat", header + "#End Of ASCII Header\r\n" + event),
              ElementsAre(Event{7, 0, 140, 0}));
}

TEST_F(AedatReaders, Aedat31ByHand) {
  // A special packet, then one of three polarity events of which one is invalid, 1 * 2^31 us on.
  const std::string events = low_first(5u << 17 | 6u << 2 | 1u << 1 | 1, 4) + low_first(100, 4) +
                             low_first(5u << 17 | 6u << 2, 4) + low_first(101, 4) +
                             low_first(127u << 17 | 127u << 2 | 1, 4) + low_first(102, 4);
  const std::string special = std::string(16, 'x');

  const EventRecording recording =
      load("a.aedat", aedat31_header() + aedat31_packet(0, 1, 0, special, 2) +
                          aedat31_packet(1, 1, 1, events, 3));

  EXPECT_THAT(recording.events, ElementsAre(Event{(u64{1} << 31) + 100, 5, 6, 1},
                                            Event{(u64{1} << 31) + 102, 127, 127, 0}));
  EXPECT_EQ(stated_size(recording), (SensorSize{128, 128}));
  EXPECT_THAT(recording.notes, ElementsAre("1 events that are marked as invalid left out",
                                           "1 packets of type 0 left out"));
}

TEST_F(AedatReaders, Aedat31OfSeveralCamerasReadsTheFirst) {
  const std::string event = low_first(3, 4) + low_first(1, 4);

  const EventRecording recording =
      load("a.aedat", aedat31_header() + aedat31_packet(1, 1, 0, event, 1) +
                          aedat31_packet(1, 2, 0, event + event, 2));

  EXPECT_THAT(recording.events, ElementsAre(Event{1, 0, 0, 1}));
  EXPECT_THAT(recording.notes, ElementsAre("2 events of other sources than 1 left out"));
}

TEST_F(AedatReaders, LongHeadersAreReadWhole) {
  std::string header = "#!AER-DAT2.0\r\n";
  for (int i = 0; i < 20'000; ++i) header += "#   <entry key=\"Bias\" value=\"1\"/>\r\n";
  header += "# " + std::string(60'000, 'x') + "\r\n# AEChip: DAVIS240C\r\n";
  const std::string event = high_first(u64{2} << 22 | u64{1} << 12, 4) + high_first(7, 4);

  EXPECT_THAT(events_of("a.aedat", header + event), ElementsAre(Event{7, 1, 2, 0}));
}

}  // namespace
}  // namespace spikefab::test
