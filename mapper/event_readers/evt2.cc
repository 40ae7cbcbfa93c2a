// Prophesee's RAW files in EVT 2.0 (.raw): words of 32 bits, the low byte first, with their type in
// the upper 4. Bits 33..6 of the time come in words of their own.
// [docs.prophesee.ai, "EVT 2.0 Format"]
#include "mapper/event_readers/prophesee_header.h"
#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

enum Type : u32 { off = 0, on = 1, time_high = 8, trigger = 10, others = 14, continued = 15 };

class Decoder {
 public:
  explicit Decoder(EventCollector& collector) : collector_(collector) {}

  template <class PlaceOf>
  void take(u32 word, PlaceOf&& place_of) {
    switch (word >> 28) {
      case off:
      case on:
        take_event(word, place_of);
        break;
      case time_high:
        time_us_ = clock_.unwrapped(word & 0xfffffff) << 6;
        has_time_ = true;
        break;
      case trigger:
        ++triggers_;
        break;
      case others:
      case continued:
        ++others_;
        break;
      default:
        ++unknown_;
    }
  }

  void note_what_is_left_out() {
    collector_.note_left_out(early_, "events before the first time word");
    collector_.note_left_out(triggers_, "external triggers");
    collector_.note_left_out(others_, "words of other data");
    collector_.note_left_out(unknown_, "words of unknown type");
    clock_.note_wraps(collector_);
  }

 private:
  // Bits 27..22 the low bits of the time, 21..11 x, 10..0 y.
  template <class PlaceOf>
  void take_event(u32 word, PlaceOf&& place_of) {
    if (!has_time_) {
      ++early_;
      return;
    }
    collector_.add({time_us_ | (word >> 22 & 0x3f), static_cast<u16>(word >> 11 & 0x7ff),
                    static_cast<u16>(word & 0x7ff), static_cast<u8>(word >> 28)},
                   place_of);
  }

  EventCollector& collector_;
  TimeUnwrapper clock_{28};
  u64 time_us_ = 0;
  bool has_time_ = false;
  u64 early_ = 0;
  u64 triggers_ = 0;
  u64 others_ = 0;
  u64 unknown_ = 0;
};

class Evt2 : public EventReader {
 public:
  std::vector<std::string> extensions() const override { return {".raw"}; }
  bool claims(std::string_view head, const std::string&) const override {
    return evt_version(head) == "2.0";
  }

  EventRecording read(const std::string& path) const override {
    return read_raw<u32, Decoder>(path, "2.0");
  }
};

SPIKEFAB_REGISTER(EventReader, "evt2", Evt2, "RAW of Prophesee cameras, EVT 2.0 (.raw)");

}  // namespace
}  // namespace spikefab
