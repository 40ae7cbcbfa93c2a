// Tests that write recordings and read them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "mapper/events/recording.h"
#include "tests/support/event_writers.h"
#include "tests/support/temp_folder.h"

namespace spikefab {

inline void PrintTo(const Event& e, std::ostream* out) {
  *out << "{" << e.time_us << " us, " << e.x << ", " << e.y << ", " << int{e.polarity} << "}";
}
inline void PrintTo(const SensorSize& size, std::ostream* out) {
  *out << size.width << " x " << size.height;
}

namespace test {

class EventFileTest : public testing::Test {
 protected:
  EventRecording load(const std::string& name, const std::string& content) const {
    return load_events(folder_.write(name, content));
  }
  Events events_of(const std::string& name, const std::string& content) const {
    return load(name, content).events;
  }

  const TempFolder folder_{memory_folder()};
};

// What the file says, 0 x 0 if nothing.
inline SensorSize stated_size(const EventRecording& recording) {
  return {recording.width, recording.height};
}

// Compares without printing thousands of events.
inline void expect_same(const Events& have, const Events& want) {
  ASSERT_EQ(have.size(), want.size());
  const auto [h, w] = std::mismatch(have.begin(), have.end(), want.begin());
  if (h == have.end()) return;
  EXPECT_EQ(*h, *w) << "event " << h - have.begin();
}

}  // namespace test
}  // namespace spikefab
