// Teams of threads and the barrier at which they meet.
#include "base/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "base/spin_barrier.h"

namespace spikefab {
namespace {

TEST(ThreadTeam, RunsEveryJobOnceInEveryThread) {
  for (const u32 size : {1u, 2u, 16u}) {
    ThreadTeam team(size);
    std::vector<u32> runs(size);

    for (u32 i = 0; i < 100; ++i) team.run([&](u32 index) { ++runs[index]; });

    EXPECT_EQ(team.size(), size);
    EXPECT_EQ(runs, std::vector<u32>(size, 100));
  }
}

TEST(ThreadTeam, ThreadsOfAJobRunAtTheSameTime) {
  ThreadTeam team(4);
  std::barrier<> all(4);

  team.run([&](u32) { all.arrive_and_wait(); });
}

TEST(SpinBarrier, NobodyGoesOnBeforeAllHaveArrived) {
  for (const u32 size : {1u, 2u, 16u}) {  // that spin, and that sleep where there are fewer cores
    ThreadTeam team(size);
    SpinBarrier barrier(size);
    std::vector<u32> done(size);
    std::atomic<u32> early = 0;

    team.run([&](u32 index) {
      for (u32 round = 1; round <= 200; ++round) {
        done[index] = round;
        barrier.arrive_and_wait();
        for (const u32 other : done) early += other != round;
        barrier.arrive_and_wait();
      }
    });

    EXPECT_EQ(early, 0u);
  }
}

TEST(ThreadTeam, ThrowsWhatTheFirstThreadThrewAndGoesOn) {
  ThreadTeam team(3);
  std::atomic<u32> runs = 0;

  const auto fail = [](u32 index) {
    if (index > 0) throw std::runtime_error(std::to_string(index));
  };
  try {
    team.run(fail);
    ADD_FAILURE();
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "1");
  }
  team.run([&](u32) { ++runs; });

  EXPECT_EQ(runs, 3u);
}

}  // namespace
}  // namespace spikefab
