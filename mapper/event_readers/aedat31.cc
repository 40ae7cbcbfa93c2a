// AEDAT 3.1 (.aedat), as the recordings of DVS128 Gesture: lines that begin with #, then packets of
// a 28-byte header and events, the low byte first. Polarity events are read; rows count from the
// top. [docs.inivation.com, "AEDAT 3.1"]
#include <map>
#include <optional>

#include "base/error.h"
#include "base/suggest.h"
#include "mapper/event_readers/aedat_chips.h"
#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

constexpr std::size_t header_bytes = 28;
constexpr std::size_t event_bytes = 8;
constexpr u32 polarity_type = 1;

struct Packet {
  u64 offset = 0;  // of its header
  u32 type = 0;
  u32 source = 0;
  u32 size = 0;  // of an event
  u32 time_offset = 0;
  u64 clock_us = 0;  // to be added to the events' times
  u32 count = 0;
};

[[noreturn]] void fail(const EventBytes& bytes, const Packet& packet, const std::string& what,
                       const std::string& hint) {
  throw InputError(bytes.place(packet.offset), "event packet: " + what, hint);
}

// All numbers are signed; none may be negative.
std::optional<Packet> take_packet(EventBytes& bytes) {
  Packet packet = {.offset = bytes.offset()};
  const auto r = bytes.take_record(header_bytes);
  if (r.empty()) return std::nullopt;
  packet.type = little_endian<u16>(r, 0);
  packet.source = little_endian<u16>(r, 2);
  packet.size = little_endian<u32>(r, 4);
  packet.time_offset = little_endian<u32>(r, 8);
  packet.clock_us = u64{little_endian<u32>(r, 12)} << 31;
  packet.count = little_endian<u32>(r, 20);
  const u32 capacity = little_endian<u32>(r, 16);
  const u32 valid = little_endian<u32>(r, 24);
  const u32 all = packet.size | packet.time_offset | little_endian<u32>(r, 12) | capacity |
                  packet.count | valid | u32{packet.type | packet.source} << 16;
  if (all >> 31 != 0)
    fail(bytes, packet, "its header has a negative number", "the file is damaged");
  if (valid > packet.count || packet.count > capacity) {
    fail(bytes, packet,
         std::to_string(valid) + " valid of " + std::to_string(packet.count) +
             " events, room for " + std::to_string(capacity),
         "must ascend; the file is damaged");
  }
  return packet;
}

class Reader {
 public:
  explicit Reader(const std::string& path) : bytes_(path), collector_(path) {}

  EventRecording read() {
    header_ = read_event_header(bytes_, "#", "!end-header");
    check_header();
    while (const auto packet = take_packet(bytes_)) {
      if (packet->type != polarity_type) {
        ++other_packets_[packet->type];
        skip_events(*packet);
      } else if (packet->source != source_.value_or(packet->source)) {
        other_sources_ += packet->count;
        skip_events(*packet);
      } else {
        take_events(*packet);
      }
    }
    note_what_is_left_out();
    return collector_.take();
  }

 private:
  void check_header() {
    if (!header_.has_end) {
      throw InputError(bytes_.place(), "no line '#!END-HEADER' before the data",
                       "the file is damaged, or no AEDAT 3.1");
    }
    const HeaderLine format = header_.value("Format:");
    if (!format.text.empty() && lower_case(format.text) != "raw") {
      throw InputError(bytes_.place(format.offset),
                       "the events are compressed (Format: " + printable(format.text) + ")",
                       "save the recording in format RAW");
    }
  }

  void take_events(const Packet& packet) {
    if (packet.size != event_bytes || packet.time_offset != 4) {
      fail(bytes_, packet,
           "polarity events of " + std::to_string(packet.size) + " bytes with the time at " +
               std::to_string(packet.time_offset),
           "must be 8 bytes with the time at 4");
    }
    if (!source_) begin_source(packet.source);
    for (u32 i = 0; i < packet.count; ++i) {
      const auto r = bytes_.take_record(event_bytes);
      if (r.empty()) fail_short(packet, i);
      take_event(little_endian<u32>(r), little_endian<u32>(r, 4), packet);
    }
  }

  // Bits 0 valid, 1 polarity, 2..16 y, 17..31 x.
  void take_event(u32 bits, u32 time_us, const Packet& packet) {
    const auto place = [&] { return bytes_.place(bytes_.offset() - event_bytes); };
    if ((bits & 1) == 0) {
      ++invalid_;
      return;
    }
    if (time_us >> 31 != 0) throw InputError(place(), "the event's time is negative");
    collector_.add({packet.clock_us | time_us, static_cast<u16>(bits >> 17),
                    static_cast<u16>(bits >> 2 & 0x7fff), static_cast<u8>(bits >> 1 & 1)},
                   place);
  }

  // Of several cameras, the first one that gives events is read.
  void begin_source(u32 source) {
    source_ = source;
    const HeaderLine line = header_.value("Source " + std::to_string(source) + ":");
    if (const AedatChip* chip = find_aedat_chip(line.text)) collector_.set_sensor(chip->size);
  }

  void skip_events(const Packet& packet) {
    const u64 bytes = u64{packet.size} * packet.count;
    const u64 have = bytes_.skip(bytes);
    if (have < bytes) fail_short(packet, static_cast<u32>(have / packet.size));
  }

  [[noreturn]] void fail_short(const Packet& packet, u32 have) const {
    fail(bytes_, packet,
         "the file ends after " + std::to_string(have) + " of its " + std::to_string(packet.count) +
             " events",
         "it is cut off");
  }

  void note_what_is_left_out() {
    collector_.note_left_out(invalid_, "events that are marked as invalid");
    collector_.note_left_out(other_sources_,
                             "events of other sources than " + std::to_string(source_.value_or(0)));
    for (const auto& [type, count] : other_packets_) {
      collector_.note_left_out(count, "packets of type " + std::to_string(type));
    }
  }

  EventBytes bytes_;
  EventCollector collector_;
  EventHeader header_;
  std::optional<u32> source_;
  u64 invalid_ = 0;
  u64 other_sources_ = 0;
  std::map<u32, u64> other_packets_;  // by type
};

class Aedat31 : public EventReader {
 public:
  std::vector<std::string> extensions() const override { return {".aedat"}; }
  bool claims(std::string_view head, const std::string&) const override {
    return head.starts_with("#!AER-DAT3.1");
  }
  EventRecording read(const std::string& path) const override { return Reader(path).read(); }
};

SPIKEFAB_REGISTER(EventReader, "aedat31", Aedat31, "AEDAT 3.1, such as DVS128 Gesture (.aedat)");

}  // namespace
}  // namespace spikefab
