// What is said about recordings that cannot be read: file and byte, or line and column, what is
// wrong, and what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "mapper/events/collector.h"
#include "mapper/events/recording.h"
#include "tests/support/event_writers.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class EventMessages : public testing::Test {
 protected:
  // The message without the folder; "" if all is well.
  std::string problem(const std::string& name, const std::string& content,
                      const std::string& format = "") const {
    try {
      load_events(folder_.write(name, content), format);
    } catch (const InputError& error) {
      std::string text = error.what();
      const std::string prefix = folder_.path() + "/";
      for (u64 at; (at = text.find(prefix)) != text.npos;) text.erase(at, prefix.size());
      return text;
    }
    return "";
  }

  const TempFolder folder_{memory_folder()};
};

TEST_F(EventMessages, FormatsThatAreNotReadSayWhatToDo) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"#!AER-DAT4.0\r\n",
       "is AEDAT 4, which is not read (export it as CSV with columns t,x,y,p, "
       "with dv-processing)"},
      {"#!AER-DAT3.0\r\n", "is AEDAT 3.0, which is not read (convert it to AEDAT 3.1 or CSV)"},
      {"#!AER-DAT1.0\r\n", "is AEDAT 1.0, which is not read (convert it to AEDAT 2.0 or CSV)"},
      {"\x89HDF\r\n\x1a\n",
       "is HDF5, which is not read (export it as RAW (EVT 3.0), DAT or CSV; "
       "Metavision does)"},
      {"\x93NUMPY",
       "is NumPy's, which is not read (save it as CSV with columns t,x,y,p: "
       "numpy.savetxt)"},
      {"PK\x03\x04", "is a zip archive, which is not read (unpack it)"},
      {"\xfd"
       "7zXZ",
       "is an xz archive, which is not read (unpack it)"},
      {"#ROSBAG V2.0", "is ROS bag, which is not read (export it as CSV with columns t,x,y,p)"},
      {"Event Stream",
       "is Event Stream, which is not read (export it as CSV with columns "
       "t,x,y,p)"},
      {"% evt 2.1\n% end\n",
       "is EVT 2.1, which is not read (convert it to EVT 2.0, EVT 3.0, DAT or "
       "CSV; Metavision does)"},
      {"% format EVT21;height=4;width=4\n",
       "is EVT 2.1, which is not read (convert it to EVT 2.0, "
       "EVT 3.0, DAT or CSV; Metavision does)"}};
  for (const auto& [begin, message] : cases) {
    EXPECT_EQ(problem("f.bin", begin), "f.bin: " + message);
  }
}

TEST_F(EventMessages, UnknownFormatsListTheKnownOnes) {
  EXPECT_EQ(problem("f.jpg", "abc"),
            "f.jpg: is in no known format of events (have: aedat2 (.aedat), aedat31 (.aedat), csv "
            "(.csv, .txt), dat (.dat), evt2 (.raw), evt3 (.raw), nmnist (.bin, .bs2))");
}

TEST_F(EventMessages, AnUnknownNameOfAFormatIsAUsageError) {
  try {
    load_events(folder_.write("a.raw", ""), "evt4");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(
        error.what(),
        "no event format 'evt4' in this build (have: aedat2, aedat31, csv, dat, evt2, evt3, "
        "nmnist; did you mean 'evt2'?)");
  }
}

TEST_F(EventMessages, MissingFilesAreNamed) {
  EXPECT_THROW(load_events(folder_.file("no.bin")), InputError);
  EXPECT_THROW(load_events(folder_.path()), InputError);
}

TEST_F(EventMessages, CutOffRecordsAreErrorsAtTheirFirstByte) {
  const std::string hint = " (it is cut off, or in another format)";
  EXPECT_EQ(
      problem("f.bin", std::string(13, '\0')),
      "f.bin: byte 10: the file ends within a record of 5 bytes, of which 3 are there" + hint);
  EXPECT_EQ(
      problem("f.aedat", "#!AER-DAT2.0\r\n" + std::string(9, '\0')),
      "f.aedat: byte 22: the file ends within a record of 8 bytes, of which 1 are there" + hint);
  EXPECT_EQ(
      problem("f.dat", "% Version 2\n\x0c\x08" + std::string(15, '\0')),
      "f.dat: byte 22: the file ends within a record of 8 bytes, of which 7 are there" + hint);
}

TEST_F(EventMessages, EventsOutsideTheSensorAreNamed) {
  const std::string hint = " (the file is damaged, or its header is wrong)";
  const std::string raw = raw_header("EVT2", {640, 480});
  EXPECT_EQ(problem("f.raw", raw + evt2_words({0x80000000, 640u << 11})),
            "f.raw: byte " + std::to_string(raw.size() + 4) +
                ": event at x = 640, y = 0 is outside the sensor of 640 x 480 pixels" + hint);
  EXPECT_EQ(problem("f.raw", raw + evt2_words({0x80000000, 480u})),
            "f.raw: byte " + std::to_string(raw.size() + 4) +
                ": event at x = 0, y = 480 is outside the sensor of 640 x 480 pixels" + hint);
  EXPECT_EQ(problem("f.csv", "%geometry:640,480\n1,2,1,5\n1,  480,1,5\n"),
            "f.csv:3:1: event at x = 1, y = 480 is outside the sensor of 640 x 480 pixels" + hint);
  EXPECT_EQ(
      problem("f.aedat", "#!AER-DAT2.0\r\n# AEChip: DAVIS240C\r\n" + high_first(240u << 12, 4) +
                             high_first(0, 4)),
      "f.aedat: byte 35: event at x = 240, y = 0 is outside the sensor of 240 x 180 pixels" + hint);
}

TEST_F(EventMessages, HeadersSaySizesThatCanBe) {
  EXPECT_EQ(problem("f.raw", "% evt 3.0\n% geometry 640by480\n"),
            "f.raw: byte 10: '640by480' pixels in the header (must be 1..65536)");
  EXPECT_EQ(problem("f.raw", "% evt 3.0\n% geometry 640x\n"),
            "f.raw: byte 10: '' pixels in the header (must be 1..65536)");
  EXPECT_EQ(problem("f.raw", "% format EVT3;width=0;height=7\n"),
            "f.raw: byte 0: '0' pixels in the header (must be 1..65536)");
  EXPECT_EQ(problem("f.raw", "% format EVT3;width=8;height=7\n% geometry 7x8\n"),
            "f.raw: byte 31: geometry 7 x 8, but the line 'format' says 8 x 7");
  EXPECT_EQ(problem("f.dat", "% Width 99999\n% Height 1\n"),
            "f.dat: byte 0: '99999' pixels in the header (must be 1..65536)");
}

TEST_F(EventMessages, RawFilesMustBeWhatIsAskedFor) {
  EXPECT_EQ(problem("f.raw", "% evt 3.0\n% end\n", "evt2"),
            "f.raw: byte 0: the header says EVT 3.0, not 2.0");
  EXPECT_EQ(problem("f.raw", "% evt 3.0\n% endianness big\n% end\n"),
            "f.raw: byte 10: endianness big (must be little)");
}

TEST_F(EventMessages, Evt3VectorsEndAtTheLastColumn) {
  const std::string header = "% evt 3.0\n% end\n";
  EXPECT_EQ(problem("f.raw", header + evt3_words({0x8000, 0x0000, 0x37ff, 0x4001})), "");
  EXPECT_EQ(problem("f.raw", header + evt3_words({0x8000, 0x0000, 0x37ff, 0x4002})),
            "f.raw: byte 22: vector beyond column 2047 (the file is damaged)");
  EXPECT_EQ(problem("f.raw", header + evt3_words({0x8000, 0x0000, 0x37ff, 0x4001, 0x5001})),
            "f.raw: byte 24: vector beyond column 2047 (the file is damaged)");
}

TEST_F(EventMessages, DatSaysWhatItHolds) {
  EXPECT_EQ(problem("f.dat", "% Version 1\n"), "f.dat: byte 0: version 1 of DAT (must be 2)");
  EXPECT_EQ(problem("f.dat", "% Version 2\n\x0e\x08"),
            "f.dat: byte 12: events of type 14 and 8 bytes (must be type 12 (changes) or 0, and 8 "
            "bytes)");
  EXPECT_EQ(problem("f.dat", "% Version 2\n\x0c\x10"),
            "f.dat: byte 12: events of type 12 and 16 bytes (must be type 12 (changes) or 0, and 8 "
            "bytes)");
  EXPECT_EQ(problem("f.dat", "% Version 2\n"),
            "f.dat: byte 12: the file ends before its type and size");
  EXPECT_EQ(problem("f.dat", "% Version 2\n\x0c\x08" + low_first(0, 4) + low_first(2u << 28, 4)),
            "f.dat: byte 14: polarity 2 (must be 0 or 1) (the file is damaged, or of version 1)");
}

TEST_F(EventMessages, Aedat2AddressesMustBeThoseOfTheChip) {
  EXPECT_EQ(problem("f.aedat", "#!AER-DAT2.0\r\n" + high_first(0x10000, 4) + high_first(0, 4)),
            "f.aedat: byte 14: address 65536 has bits that those of a dvs128 do not have (if it is "
            "of another camera, a line '# AEChip: DAVIS240C' must say so)");
  EXPECT_EQ(problem("f.aedat", "#!AER-DAT2.0\r\n# AEChip: a.b.CochleaAMS\r\n"),
            "f.aedat: byte 14: AEChip a.b.CochleaAMS is none whose addresses are known (have: "
            "dvs128, edvs, dvs132s, davis128, davis208, davis240, davis346, davis640)");
}

TEST_F(EventMessages, Aedat31PacketsMustAddUp) {
  const std::string header = aedat31_header();
  const std::string at = "f.aedat: byte " + std::to_string(header.size()) + ": event packet: ";
  const std::string event = low_first(1, 4) + low_first(0, 4);
  const auto packet = [&](u64 at_byte, u64 value, u32 bytes) {
    return header +
           aedat31_packet(1, 1, 0, event, 1).replace(at_byte, bytes, low_first(value, bytes));
  };

  EXPECT_EQ(problem("f.aedat", packet(24, 1, 4)), "");
  EXPECT_EQ(problem("f.aedat", packet(24, 2, 4)),
            at + "2 valid of 1 events, room for 1 (must ascend; the file is damaged)");
  EXPECT_EQ(problem("f.aedat", packet(16, 0, 4)),
            at + "1 valid of 1 events, room for 0 (must ascend; the file is damaged)");
  for (const auto& [at_byte, value, bytes] :
       std::vector<std::tuple<u64, u64, u32>>{{0, 0x8001, 2},
                                              {2, 0xffff, 2},
                                              {4, ~u64{0}, 4},
                                              {8, 1u << 31, 4},
                                              {12, 1u << 31, 4},
                                              {16, 1u << 31, 4},
                                              {20, 1u << 31, 4},
                                              {24, 1u << 31, 4}}) {
    EXPECT_EQ(problem("f.aedat", packet(at_byte, value, bytes)),
              at + "its header has a negative number (the file is damaged)");
  }
  EXPECT_EQ(problem("f.aedat", packet(4, 12, 4)),
            at + "polarity events of 12 bytes with the time at 4 (must be 8 bytes with the time at "
                 "4)");
}

TEST_F(EventMessages, Aedat31MustNotBeCutOff) {
  const std::string header = aedat31_header();
  const std::string at = "f.aedat: byte " + std::to_string(header.size()) + ": event packet: ";
  const std::string event = low_first(1, 4) + low_first(0, 4);

  EXPECT_EQ(problem("f.aedat", header + aedat31_packet(1, 1, 0, event, 2)),
            at + "the file ends after 1 of its 2 events (it is cut off)");
  EXPECT_EQ(problem("f.aedat", header + aedat31_packet(0, 1, 0, event, 1 << 30)),
            at + "the file ends after 1 of its 1073741824 events (it is cut off)");
  EXPECT_THAT(problem("f.aedat", header + "abc"), HasSubstr("record of 28 bytes"));
  EXPECT_EQ(problem("f.aedat", "#!AER-DAT3.1\r\n#Format: RAW\r\n"),
            "f.aedat: byte 28: no line '#!END-HEADER' before the data (the file is damaged, or no "
            "AEDAT 3.1)");
  EXPECT_EQ(
      problem("f.aedat", "#!AER-DAT3.1\r\n#Format: SerializedTS\r\n#!END-HEADER\r\n"),
      "f.aedat: byte 14: the events are compressed (Format: SerializedTS) (save the recording "
      "in format RAW)");
  const std::string negative = low_first(1, 4) + low_first(1u << 31, 4);
  EXPECT_EQ(
      problem("f.aedat", header + aedat31_packet(1, 1, 0, negative, 1)),
      "f.aedat: byte " + std::to_string(header.size() + 28) + ": the event's time is negative");
}

TEST_F(EventMessages, CsvFieldsAreNamedByLineAndColumn) {
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n1,2,3\n"), "f.csv:2:1: 3 fields (must be 4)");
  EXPECT_EQ(problem("f.csv", "1,2,3,0\n1,2,3,1,5\n"), "f.csv:2:1: 5 fields (must be 4)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n1, 2,-3,1\n"),
            "f.csv:2:6: y '-3' (must be a whole number, 0..65535)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n1,65536,3,1\n"),
            "f.csv:2:3: x '65536' (must be a whole number, 0..65535)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n1,1.5,3,1\n"),
            "f.csv:2:3: x '1.5' (must be a whole number, 0..65535)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n1,2,3,2\n"),
            "f.csv:2:7: polarity '2' (must be 1, or 0 or -1 for darker)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n-1,2,3,1\n"),
            "f.csv:2:1: time '-1' (must be a number from 0 to 2^53 us)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\nnan,2,3,1\n"),
            "f.csv:2:1: time 'nan' (must be a number from 0 to 2^53 us)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n1e300,2,3,1\n"),
            "f.csv:2:1: time '1e300' (must be a number from 0 to 2^53 us)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n\x1b[1m,2,3,1\n"),
            "f.csv:2:1: time '\\x1b[1m' (must be a number from 0 to 2^53 us)");
}

TEST_F(EventMessages, CsvTimesInOtherUnitsMustSaySo) {
  EXPECT_EQ(problem("f.txt", "0.0038 96 133 0\n"),
            "f.txt:1:1: time 0.0038 is no whole number of us (name the columns in the first line, "
            "such as t_s,x,y,p for seconds)");
  EXPECT_EQ(
      problem("f.csv", "x,y,p,t\n1,2,1,0.5\n"),
      "f.csv:2:7: time 0.5 is no whole number of us (name the column t_s or t_ms if these are "
      "seconds or milliseconds)");
}

TEST_F(EventMessages, CsvColumnsMustAllBeThereOnce) {
  EXPECT_THAT(problem("f.csv", "time,x,p\n1,2,1\n"),
              StartsWith("f.csv:1:1: no column 'y' (known names: t, t_us, time, "));
  EXPECT_EQ(problem("f.csv", "t,x,y,p,time_s\n"),
            "f.csv:1:9: column 'time_s' is there twice, or under another name");
}

TEST_F(EventMessages, CsvGeometryMustBeANumberOfPixelsAtTheBeginning) {
  EXPECT_EQ(problem("f.csv", "%geometry:640\n"),
            "f.csv:1:1: '%geometry:640' (must be %geometry:WIDTH,HEIGHT, each 1..65536)");
  EXPECT_EQ(problem("f.csv", "%geometry:640,0\n"),
            "f.csv:1:1: '%geometry:640,0' (must be %geometry:WIDTH,HEIGHT, each 1..65536)");
  EXPECT_EQ(problem("f.csv", "t,x,y,p\n%geometry:4,4\n"),
            "f.csv:2:1: geometry after the first line (it must come before)");
  EXPECT_EQ(
      problem("f.csv", "%date\n"),
      "f.csv:1:1: '%date' is no event (of lines with %, only %geometry:WIDTH,HEIGHT is known)");
}

TEST_F(EventMessages, LinesAreBounded) {
  EXPECT_EQ(problem("f.csv", std::string(4097, '1')),
            "f.csv:1: line of more than 4096 bytes (is this a text file of events?)");
  EXPECT_EQ(problem("f.aedat", "#!AER-DAT2.0\r\n#" + std::string(70'000, 'x')),
            "f.aedat: byte 14: header line of more than 65536 bytes");
  std::string endless = "#!AER-DAT2.0\r\n";
  while (endless.size() < 5'000'000) endless += "#" + std::string(60'000, 'x') + "\n";
  EXPECT_THAT(problem("f.aedat", endless),
              HasSubstr("the header does not end within 4194304 bytes"));
}

TEST_F(EventMessages, DamagedGzipIsNamed) {
  EXPECT_THAT(problem("f.bin.gz", "\x1f\x8b" + std::string(20, 'a')),
              StartsWith("f.bin.gz: damaged gzip data before byte"));
}

TEST(EventCollectorMessages, EventsAreBoundedInNumber) {
  EventCollector collector("f.bin", 2);
  const auto place = [] { return std::string("f.bin: byte 10"); };
  collector.add({}, place);
  collector.add({}, place);
  try {
    collector.add({}, place);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "f.bin: byte 10: more events than can be read (2) (cut the recording into parts)");
  }
}

}  // namespace
}  // namespace spikefab::test
