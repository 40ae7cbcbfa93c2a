#include "base/thread_team.h"

#include <system_error>
#include <utility>

#include "base/error.h"

namespace spikefab {

ThreadTeam::ThreadTeam(u32 size) : start_(size), done_(size), thrown_(size) {
  SPIKEFAB_ASSERT(size > 0);
  workers_.reserve(size - 1);
  try {
    for (u32 i = 1; i < size; ++i) workers_.emplace_back([this, i] { work(i); });
  } catch (const std::system_error&) {
    const auto have = static_cast<u32>(workers_.size()) + 1;
    for (u32 i = have; i < size; ++i) start_.arrive_and_drop();
    stop();
    throw ResourceError("needs " + std::to_string(size) + " threads (the machine gives " +
                        std::to_string(have) + "); choose fewer");
  }
}

ThreadTeam::~ThreadTeam() { stop(); }

void ThreadTeam::run(const std::function<void(u32)>& job) {
  job_ = &job;
  start_.arrive_and_wait();
  run_guarded(0);
  done_.arrive_and_wait();
  for (const auto& thrown : std::exchange(thrown_, std::vector<std::exception_ptr>(size()))) {
    if (thrown) std::rethrow_exception(thrown);
  }
}

void ThreadTeam::work(u32 index) {
  for (;;) {
    start_.arrive_and_wait();
    if (job_ == nullptr) return;
    run_guarded(index);
    done_.arrive_and_wait();
  }
}

void ThreadTeam::run_guarded(u32 index) {
  try {
    (*job_)(index);
  } catch (...) {
    thrown_[index] = std::current_exception();
  }
}

void ThreadTeam::stop() {
  job_ = nullptr;
  start_.arrive_and_wait();
  for (std::thread& worker : workers_) worker.join();
}

}  // namespace spikefab
