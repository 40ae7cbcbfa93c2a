// N-MNIST and N-Caltech101 (.bin, .bs2): events of an ATIS camera in 40 bits, x, y, polarity (1
// bit) and microseconds (23 bits), the high byte first. An "event" in row 240 says that the clock
// of all that follow is 2^13 us later. [Orchard et al., Frontiers in Neuroscience 9:437, 2015, and
// the format's description at garrickorchard.com/datasets/n-mnist]
#include "mapper/events/bytes.h"
#include "mapper/events/collector.h"
#include "mapper/events/reader.h"

namespace spikefab {
namespace {

constexpr std::size_t event_bytes = 5;
constexpr u32 overflow_row = 240;
constexpr u64 overflow_us = u64{1} << 13;
constexpr SensorSize nmnist_size = {34, 34};

class Nmnist : public EventReader {
 public:
  std::vector<std::string> extensions() const override { return {".bin", ".bs2"}; }

  // Nothing in the file says what it is.
  bool claims(std::string_view head, const std::string& name) const override {
    if (head.starts_with("#!AER-DAT")) return false;
    return name.ends_with(".bin") || name.ends_with(".bs2");
  }

  EventRecording read(const std::string& path) const override {
    EventBytes bytes(path);
    EventCollector collector(path);
    u64 clock_us = 0;
    bool fits_nmnist = true;
    for (auto r = bytes.take_record(event_bytes); !r.empty(); r = bytes.take_record(event_bytes)) {
      const u32 word = big_endian<u16>(r, 3) | u32{r[2]} << 16;
      const Event event = {.time_us = clock_us + (word & 0x7fffff),
                           .x = r[0],
                           .y = r[1],
                           .polarity = static_cast<u8>(word >> 23)};
      if (event.y == overflow_row) {
        clock_us += overflow_us;
        continue;
      }
      fits_nmnist &= event.x < nmnist_size.width && event.y < nmnist_size.height;
      collector.add(event, [&] { return bytes.place(bytes.offset() - event_bytes); });
    }
    // Few of its recordings have events in all corners, and all should be of the same size.
    if (fits_nmnist) collector.set_sensor(nmnist_size);
    return collector.take();
  }
};

SPIKEFAB_REGISTER(EventReader, "nmnist", Nmnist,
                  "N-MNIST, N-Caltech101: ATIS, 40 bits (.bin, .bs2)");

}  // namespace
}  // namespace spikefab
