// AEDAT 2.0 (.aedat) as jAER writes it: lines that begin with #, then events of a 32-bit address
// and 32 bits of microseconds, the high byte first. What an address means depends on the chip.
// Rows count from the bottom. [docs.inivation.com, "AEDAT 2.0"]
#include "base/error.h"
#include "base/suggest.h"
#include "mapper/event_readers/aedat_chips.h"
#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

constexpr std::size_t event_bytes = 8;
constexpr u32 clock_bits = 31;  // the number is signed; some recorders go on with the negative ones

enum class Kind { change, external, other, broken };

struct Address {
  Kind kind;
  u16 x = 0;
  u16 y = 0;
  u8 polarity = 0;
};

// Bits 15 external, 14..8 y, 7..1 x, 0 polarity.
Address dvs_address(u32 a) {
  if (a >> 16 != 0) return {Kind::broken};
  if (a >> 15 != 0) return {Kind::external};
  return {Kind::change, static_cast<u16>(a >> 1 & 0x7f), static_cast<u16>(a >> 8 & 0x7f),
          static_cast<u8>(a & 1)};
}

// Bits 31 not a change (frames, motion), 30..22 y, 21..12 x, 11 polarity, 10 external.
Address davis_address(u32 a) {
  if (a >> 31 != 0) return {Kind::other};
  if ((a >> 10 & 1) != 0) return {Kind::external};
  return {Kind::change, static_cast<u16>(a >> 12 & 0x3ff), static_cast<u16>(a >> 22 & 0x1ff),
          static_cast<u8>(a >> 11 & 1)};
}

const AedatChip& chip_of(const EventHeader& header, const EventBytes& bytes,
                         EventCollector& collector) {
  const HeaderLine line = header.value("AEChip:");
  if (line.text.empty()) {
    collector.note("the header names no AEChip: addresses read as those of a DVS128");
    return aedat_chips[0];
  }
  if (const AedatChip* chip = find_aedat_chip(line.text)) return *chip;
  std::vector<std::string> names;
  for (const AedatChip& chip : aedat_chips) names.emplace_back(chip.name);
  throw InputError(bytes.place(line.offset),
                   "AEChip " + printable(line.text) + " is none whose addresses are known",
                   "have: " + join(names, ", "));
}

class Aedat2 : public EventReader {
 public:
  std::vector<std::string> extensions() const override { return {".aedat"}; }

  bool claims(std::string_view head, const std::string&) const override {
    return head.starts_with("#!AER-DAT2.");
  }

  EventRecording read(const std::string& path) const override {
    EventBytes bytes(path);
    EventCollector collector(path);
    const EventHeader header = read_event_header(bytes, "#", "end of ascii header");
    const AedatChip& chip = chip_of(header, bytes, collector);
    collector.set_sensor(chip.size);
    read_events(bytes, chip, collector);
    return collector.take();
  }

 private:
  static void read_events(EventBytes& bytes, const AedatChip& chip, EventCollector& collector) {
    TimeUnwrapper clock(clock_bits);
    u64 external = 0;
    u64 other = 0;
    for (auto r = bytes.take_record(event_bytes); !r.empty(); r = bytes.take_record(event_bytes)) {
      const auto place = [&] { return bytes.place(bytes.offset() - event_bytes); };
      const u32 bits = big_endian<u32>(r);
      const Address address = chip.is_davis ? davis_address(bits) : dvs_address(bits);
      if (address.kind == Kind::broken) fail_broken(bits, chip, place());
      external += address.kind == Kind::external;
      other += address.kind == Kind::other;
      if (address.kind != Kind::change) continue;
      const u64 time_us = clock.unwrapped(big_endian<u32>(r, 4) & 0x7fffffff);
      collector.add({time_us, address.x, address.y, address.polarity}, place);
    }
    collector.note_left_out(external, "external events");
    collector.note_left_out(other, "words of frames and of motion sensors");
    clock.note_wraps(collector);
  }

  [[noreturn]] static void fail_broken(u32 bits, const AedatChip& chip, const std::string& place) {
    throw InputError(place,
                     "address " + std::to_string(bits) + " has bits that those of a " +
                         std::string(chip.name) + " do not have",
                     "if it is of another camera, a line '# AEChip: DAVIS240C' must say so");
  }
};

SPIKEFAB_REGISTER(EventReader, "aedat2", Aedat2, "AEDAT 2.0 of DVS128 and DAVIS cameras (.aedat)");

}  // namespace
}  // namespace spikefab
