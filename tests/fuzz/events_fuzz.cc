// Recordings of event cameras, read as every format and as the one that the content tells; what
// loads becomes ticks.
#include "mapper/events/frames.h"
#include "mapper/events/reader.h"
#include "tests/fuzz/fuzz.h"

namespace spikefab::fuzz {
namespace {

// What readers promise (mapper/events/recording.h).
void expect_sound(const EventRecording& recording) {
  const SensorSize size = sensor_size(recording);
  u64 last_us = 0;
  for (const Event& event : recording.events) {
    if (event.x >= size.width || event.y >= size.height || event.polarity > 1) std::abort();
    if (event.time_us < last_us) std::abort();
    last_us = event.time_us;
  }
}

void load(const std::string& path, const std::string& format) {
  const EventRecording recording = load_events(path, format);
  expect_sound(recording);
  const u64 counted = recording.events.size();
  const EventFrames frames = make_event_frames(recording, {.tick_us = 100, .max_ticks = 1000});
  u64 sum = frames.left_out;
  for (const EventCount& count : frames.counts) sum += count.count;
  if (sum != counted) std::abort();
}

}  // namespace
}  // namespace spikefab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spikefab;
  static int file = -1;
  const std::string path = fuzz::memory_file({reinterpret_cast<const char*>(data), size}, file);
  fuzz::expect_loaded_or_rejected(path, [&] { fuzz::load(path, ""); });
  for (const std::string& format : Registry<EventReader>::names()) {
    fuzz::expect_loaded_or_rejected(path, [&] { fuzz::load(path, format); });
  }
  return 0;
}
