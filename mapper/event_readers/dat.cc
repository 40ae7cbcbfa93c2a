// Prophesee's DAT files (.dat): lines "% keyword value", a byte for the type and one for the size
// of the events, then events of 32 bits of microseconds and 14 bits x, 14 bits y, 4 bits polarity,
// the low byte first. [docs.prophesee.ai, "DAT File Format"]
#include "base/error.h"
#include "base/suggest.h"
#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/header.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

constexpr std::size_t event_bytes = 8;
constexpr u32 clock_bits = 32;
constexpr u8 type_2d = 0;
constexpr u8 type_cd = 12;

class Dat : public EventReader {
 public:
  std::vector<std::string> extensions() const override { return {".dat"}; }

  bool claims(std::string_view head, const std::string& name) const override {
    if (!head.starts_with("% ")) return false;
    return head.find("% Data file containing") != head.npos || name.ends_with(".dat");
  }

  EventRecording read(const std::string& path) const override {
    EventBytes bytes(path);
    EventCollector collector(path);
    take_header(bytes, collector);
    TimeUnwrapper clock(clock_bits);
    for (auto r = bytes.take_record(event_bytes); !r.empty(); r = bytes.take_record(event_bytes)) {
      const auto place = [&] { return bytes.place(bytes.offset() - event_bytes); };
      const u32 bits = little_endian<u32>(r, 4);
      const u32 polarity = bits >> 28;
      if (polarity > 1) {
        throw InputError(place(), "polarity " + std::to_string(polarity) + " (must be 0 or 1)",
                         "the file is damaged, or of version 1");
      }
      collector.add({clock.unwrapped(little_endian<u32>(r)), static_cast<u16>(bits & 0x3fff),
                     static_cast<u16>(bits >> 14 & 0x3fff), static_cast<u8>(polarity)},
                    place);
    }
    clock.note_wraps(collector);
    return collector.take();
  }

 private:
  static void take_header(EventBytes& bytes, EventCollector& collector) {
    const EventHeader header = read_event_header(bytes, "% ", "end");
    const HeaderLine version = header.value("Version ");
    if (!version.text.empty() && version.text != "2") {
      throw InputError(bytes.place(version.offset),
                       "version " + printable(version.text) + " of DAT (must be 2)");
    }
    set_sensor(bytes, header, collector);
    const u64 offset = bytes.offset();
    const auto kind = bytes.take_record(2);
    if (kind.empty()) throw InputError(bytes.place(), "the file ends before its type and size");
    if ((kind[0] != type_2d && kind[0] != type_cd) || kind[1] != event_bytes) {
      throw InputError(bytes.place(offset),
                       "events of type " + std::to_string(kind[0]) + " and " +
                           std::to_string(kind[1]) + " bytes",
                       "must be type 12 (changes) or 0, and 8 bytes");
    }
  }

  static void set_sensor(const EventBytes& bytes, const EventHeader& header,
                         EventCollector& collector) {
    const HeaderLine width = header.value("Width ");
    const HeaderLine height = header.value("Height ");
    if (width.text.empty() && height.text.empty()) return;
    collector.set_sensor(
        {parse_pixels(bytes, width, width.text), parse_pixels(bytes, height, height.text)});
  }
};

SPIKEFAB_REGISTER(EventReader, "dat", Dat, "DAT of Prophesee cameras (.dat)");

}  // namespace
}  // namespace spikefab
