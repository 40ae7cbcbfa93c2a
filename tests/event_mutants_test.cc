// 10,000 damaged recordings of all formats: each is read or refused with an error that names the
// file, in less than a second and in bounded memory, and what is read keeps what readers promise.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>

#include "base/error.h"
#include "cli/machine.h"
#include "mapper/events/frames.h"
#include "mapper/events/recording.h"
#include "tests/support/event_writers.h"
#include "tests/support/mutator.h"
#include "tests/support/sanitized.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

constexpr u64 mutants = is_sanitized ? 2000 : 10'000;

constexpr u64 max_more_bytes = u64{256} << 20;

void expect_promises_kept(const EventRecording& recording) {
  const SensorSize size = sensor_size(recording);
  const auto is_inside = [&](const Event& e) {
    return e.x < size.width && e.y < size.height && e.polarity <= 1;
  };
  const auto is_earlier = [](const Event& a, const Event& b) { return a.time_us < b.time_us; };
  EXPECT_TRUE(std::all_of(recording.events.begin(), recording.events.end(), is_inside));
  EXPECT_TRUE(std::is_sorted(recording.events.begin(), recording.events.end(), is_earlier));
}

// Whether it is read; anything but an error of ours is not caught. `format`: as load_events.
bool is_read(const std::string& path, const std::string& format) {
  try {
    const EventRecording recording = load_events(path, format);
    expect_promises_kept(recording);
    make_event_frames(recording, {.tick_us = 100, .max_ticks = 1000});
    return true;
  } catch (const InputError& error) {
    for (const Problem& problem : error.problems()) {
      EXPECT_EQ(problem.place.find(path), 0u) << problem.text();
    }
  }
  return false;
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(EventMutants, AreReadOrRefusedQuicklyInBoundedMemory) {
  const TempFolder folder(memory_folder());
  const std::vector<EventSample> samples = event_samples();
  std::vector<u64> read(samples.size());
  double slowest = 0;
  const u64 before = cli::peak_memory();
  for (u64 seed = 0; seed < mutants; ++seed) {
    const EventSample& sample = samples[seed % samples.size()];
    SCOPED_TRACE(fmt::format("seed {}, {}", seed, sample.file_name));
    std::mt19937_64 random(seed);
    const Damage damage = sample.format == "csv" ? Damage::text : Damage::bytes;
    const std::string path = folder.write(sample.file_name, mutate(sample.content, damage, random));

    slowest = std::max(slowest, seconds_of([&] {
                         read[seed % samples.size()] +=
                             is_read(path, seed % 2 == 0 ? "" : sample.format);
                       }));

    if (testing::Test::HasFailure()) return;
  }
  const u64 more = cli::peak_memory() - before;
  fmt::print("{} mutants, the slowest in {:.1f} ms, peak of memory {} MiB more\n", mutants,
             1000 * slowest, more >> 20);
  if (!is_sanitized) {
    EXPECT_LT(slowest, 1.0);
    EXPECT_LT(more, max_more_bytes);
  }
  for (u64 i = 0; i < samples.size(); ++i) {
    EXPECT_GT(read[i], 0u) << samples[i].file_name << ": no mutant was read";
    EXPECT_LT(read[i], mutants / samples.size()) << samples[i].file_name << ": all were read";
  }
}

// No byte of a header or packet is trusted.
TEST(EventMutants, EveryTruncationIsReadOrRefused) {
  const TempFolder folder(memory_folder());
  for (const EventSample& sample : event_samples()) {
    SCOPED_TRACE(sample.file_name);
    u64 last = 0;
    for (u64 size = 0; size < std::min<u64>(sample.content.size(), 700); ++size) {
      const std::string path = folder.write("f", sample.content.substr(0, size));
      if (!is_read(path, sample.format)) continue;
      const u64 count = load_events(path, sample.format).events.size();
      EXPECT_GE(count, last) << size << " bytes";
      last = count;
    }
  }
}

// Bytes without any meaning, as every format.
TEST(EventMutants, NoiseIsReadOrRefused) {
  const TempFolder folder(memory_folder());
  std::set<std::string> formats;
  for (const EventSample& sample : event_samples()) formats.insert(sample.format);
  for (u64 seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    std::string noise(random() % 4000, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    const std::string path = folder.write("f", noise);
    for (const std::string& format : formats) is_read(path, format);
    EXPECT_FALSE(is_read(path, "")) << "noise was taken for a recording";
  }
}

}  // namespace
}  // namespace spikefab::test
