#include "sim/cpu/lane_runner.h"

#include <algorithm>
#include <thread>

#include "sim/host_program.h"

namespace spikefab::sim::cpu {
namespace {

// Neuron updates in a tick that make one more thread worth while: some 10 us of work, against a
// barrier of 1 us.
constexpr u64 updates_per_thread = 8192;

Program outline_of(const Program& program) {
  Program outline = without_contents(program);
  outline.neuron_state = program.neuron_state;
  return outline;
}

}  // namespace

u32 most_threads(const Settings& settings, u64 updates) {
  if (settings.threads != 0) return settings.threads;
  const u64 worth = 1 + updates / updates_per_thread;
  const u64 have = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<u32>(std::min({worth, have, u64{max_threads}}));
}

LaneRunner::LaneRunner(const Program& program, u32 replicas, Split split)
    : outline_(outline_of(program)),
      replicas_(replicas),
      split_(std::move(split)),
      team_(split_.threads) {
  for (const Split::Range& range : split_.ranges) {
    split_.of == Split::replicas ? records_.emplace_back(range.first, range.end - range.first)
                                 : records_.emplace_back(0, replicas);
  }
}

std::string LaneRunner::how_many_threads() const {
  return std::to_string(split_.threads) + (split_.threads == 1 ? " thread" : " threads");
}

void LaneRunner::advance(u64 ticks, const RecordPlan& plan, Recording& recording) {
  if (!plan.digests) return advance_lanes(ticks, plan, recording);
  for (u64 i = 0; i < ticks; ++i) {
    advance_lanes(1, plan, recording);
    const State now = state();
    for (u32 r = 0; r < replicas_; ++r) recording.digests.push_back(digest(outline_, now, r));
  }
}

void LaneRunner::advance_lanes(u64 ticks, const RecordPlan& plan, Recording& recording) {
  if (ticks == 0) return;
  const u64 shown_words = u64{replicas_} * outline_.output_words();
  const u64 before = recording.outputs.size();
  if (plan.outputs) recording.outputs.resize(before + ticks * shown_words);
  u64* shown = plan.outputs ? recording.outputs.data() + before : nullptr;
  const bool records = plan.spikes || plan.potentials;
  for (LaneRecords& of_lane : records_) {
    if (records) of_lane.start();
  }
  SpinBarrier met(split_.lanes());
  team_.run([&](u32 thread) {
    for (u32 i = thread; i < split_.lanes(); i += split_.threads) {
      run_lane(i, ticks, plan, shown, met);
    }
  });
  tick_ += ticks;
  if (records) append_records(ticks, recording);
}

// A lane that fails still meets the others, which would wait for it forever.
void LaneRunner::run_lane(u32 index, u64 ticks, const RecordPlan& plan, u64* shown,
                          SpinBarrier& met) {
  std::exception_ptr thrown;
  const u64 end = tick_ + ticks;
  const auto unless_failed = [&](auto&& step) {
    try {
      if (!thrown) step();
    } catch (...) {
      thrown = std::current_exception();
    }
  };
  for (u64 tick = tick_; tick < end; ++tick) {
    unless_failed([&] {
      run_tick(index, tick, tick == tick_, plan, shown);
      if (plan.spikes || plan.potentials) records_[index].end_tick();
    });
    if (shown != nullptr) shown += u64{replicas_} * outline_.output_words();
    if (split_.of == Split::cores) met.arrive_and_wait();
  }
  unless_failed([&] { finish(index, end); });
  if (thrown) std::rethrow_exception(thrown);
}

void LaneRunner::append_records(u64 ticks, Recording& recording) {
  for (u64 tick = 0; tick < ticks; ++tick) {
    for (u32 r = 0; r < replicas_; ++r) {
      for (LaneRecords& records : records_) {
        if (records.owns(r)) records.append_tick(r, recording);
      }
    }
  }
  for (LaneRecords& records : records_) records.clear();
}

}  // namespace spikefab::sim::cpu
