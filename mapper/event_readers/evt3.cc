// Prophesee's RAW files in EVT 3.0 (.raw): words of 16 bits, the low byte first, with their type in
// the upper 4. A word changes the row, the time (24 bits), or the place and polarity from which
// vectors of 12 or 8 pixels begin; each word says only what has changed.
// [docs.prophesee.ai, "EVT 3.0 Format"]
#include "base/error.h"
#include "mapper/event_readers/prophesee_header.h"
#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

constexpr u32 max_columns = 2048;

enum Type : u32 {
  address_y = 0,
  address_x = 2,
  vector_base_x = 3,
  vector_12 = 4,
  vector_8 = 5,
  time_low = 6,
  continued_4 = 7,
  time_high = 8,
  trigger = 10,
  others = 14,
  continued_12 = 15
};

class Decoder {
 public:
  explicit Decoder(EventCollector& collector) : collector_(collector) {}

  template <class PlaceOf>
  void take(u32 word, PlaceOf&& place_of) {
    const u32 value = word & 0xfff;
    switch (word >> 12) {
      case address_y:
        row_ = static_cast<u16>(value & 0x7ff);  // bit 11: which camera of a pair
        has_row_ = true;
        break;
      case address_x:
        add(value & 0x7ff, value >> 11, place_of);
        break;
      case vector_base_x:
        vector_x_ = value & 0x7ff;
        vector_polarity_ = value >> 11;
        has_vector_ = true;
        break;
      case vector_12:
        take_vector(value, 12, place_of);
        break;
      case vector_8:
        take_vector(value & 0xff, 8, place_of);
        break;
      case time_low:
        low_ = value;
        break;
      case time_high:
        take_time_high(value);
        break;
      case trigger:
        ++triggers_;
        break;
      case continued_4:
      case continued_12:
      case others:
        ++others_;
        break;
      default:
        ++unknown_;
    }
  }

  void note_what_is_left_out() {
    collector_.note_left_out(early_, "events before the first time, row or vector base");
    collector_.note_left_out(triggers_, "external triggers");
    collector_.note_left_out(others_, "words of other data");
    collector_.note_left_out(unknown_, "words of unknown type");
    clock_.note_wraps(collector_);
  }

 private:
  // Bit i: the pixel at base + i changed. The next vector goes on behind this one.
  template <class PlaceOf>
  void take_vector(u32 bits, u32 length, PlaceOf&& place_of) {
    for (u32 i = 0; i < length; ++i) {
      if ((bits >> i & 1) == 0) continue;
      if (has_vector_) {
        add(vector_x_ + i, vector_polarity_, place_of);
      } else {
        ++early_;
      }
    }
    vector_x_ = std::min(vector_x_ + length, max_columns);
  }

  // The low bits follow in a word of their own; until then the old ones would be wrong.
  void take_time_high(u32 value) {
    const u64 high = clock_.unwrapped(value);
    if (high != high_) low_ = 0;
    high_ = high;
    has_time_ = true;
  }

  template <class PlaceOf>
  void add(u32 x, u32 polarity, PlaceOf&& place_of) {
    if (!has_time_ || !has_row_) {
      ++early_;
      return;
    }
    if (x >= max_columns) {
      throw InputError(place_of(), "vector beyond column " + std::to_string(max_columns - 1),
                       "the file is damaged");
    }
    collector_.add({high_ << 12 | low_, static_cast<u16>(x), row_, static_cast<u8>(polarity)},
                   place_of);
  }

  EventCollector& collector_;
  TimeUnwrapper clock_{12};
  u64 high_ = 0;
  u64 low_ = 0;
  u16 row_ = 0;
  u32 vector_x_ = 0;
  u32 vector_polarity_ = 0;
  bool has_time_ = false;
  bool has_row_ = false;
  bool has_vector_ = false;
  u64 early_ = 0;
  u64 triggers_ = 0;
  u64 others_ = 0;
  u64 unknown_ = 0;
};

class Evt3 : public EventReader {
 public:
  std::vector<std::string> extensions() const override { return {".raw"}; }
  bool claims(std::string_view head, const std::string&) const override {
    return evt_version(head) == "3.0";
  }

  EventRecording read(const std::string& path) const override {
    return read_raw<u16, Decoder>(path, "3.0");
  }
};

SPIKEFAB_REGISTER(EventReader, "evt3", Evt3, "RAW of Prophesee cameras, EVT 3.0 (.raw)");

}  // namespace
}  // namespace spikefab
