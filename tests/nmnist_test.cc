// All N-MNIST recordings of the data folder, held against what is known of the data set: saccades
// of 100 ms each on 34 x 34 pixels [Orchard et al., Frontiers in Neuroscience 9:437, 2015].
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "mapper/events/frames.h"
#include "tests/support/nmnist.h"

namespace spikefab::test {
namespace {

TEST(NmnistRecordings, AreAllReadAndLabelled) {
  if (skip_without_nmnist()) return;

  const std::vector<NmnistRecording>& recordings = nmnist_recordings();

  EXPECT_EQ(recordings.size(), nmnist_archive_size());
  EXPECT_GE(recordings.size(), 350u);
  for (const NmnistRecording& recording : recordings) {
    EXPECT_LT(recording.label, 10u) << recording.name;
    EXPECT_EQ(recording.set == NmnistSet::test, std::stoul(recording.name) > 60'000);
    EXPECT_TRUE(recording.notes.empty()) << recording.name << ": " << recording.notes[0];
  }
}

TEST(NmnistRecordings, ArePlausible) {
  if (skip_without_nmnist()) return;
  u64 events = 0;
  u64 brighter = 0;
  for (const NmnistRecording& recording : nmnist_recordings()) {
    SCOPED_TRACE(recording.name);
    EXPECT_EQ(recording.width, 34u);
    EXPECT_EQ(recording.height, 34u);
    EXPECT_GT(recording.events.size(), 1000u);
    EXPECT_LT(recording.events.size(), 10'000u);
    const u64 duration_us = recording.events.back().time_us - recording.events.front().time_us;
    EXPECT_GT(duration_us, 290'000u);
    EXPECT_LT(duration_us, 340'000u);
    events += recording.events.size();
    brighter += static_cast<u64>(std::count_if(recording.events.begin(), recording.events.end(),
                                               [](const Event& e) { return e.polarity == 1; }));
  }
  std::printf("%zu recordings, %llu events, of which %llu brighter\n", nmnist_recordings().size(),
              static_cast<unsigned long long>(events), static_cast<unsigned long long>(brighter));
  EXPECT_GT(brighter, events * 4 / 10);
  EXPECT_LT(brighter, events * 6 / 10);
}

TEST(NmnistRecordings, BecomeAboutThreeHundredTicksThatHoldAllEvents) {
  if (skip_without_nmnist()) return;
  for (const NmnistRecording& recording : nmnist_recordings()) {
    SCOPED_TRACE(recording.name);

    const EventFrames frames = make_event_frames(recording, {.partial = PartialTick::keep});

    u64 counted = 0;
    for (const EventCount& c : frames.counts) counted += c.count;
    EXPECT_EQ(counted, recording.events.size());
    EXPECT_EQ(frames.size(), 2u * 34 * 34);
    EXPECT_GT(frames.ticks, 290u);
    EXPECT_LT(frames.ticks, 340u);
  }
}

}  // namespace
}  // namespace spikefab::test
