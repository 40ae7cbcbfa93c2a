// Threads that stay: a job is run by all of them at once, without starting any.
#pragma once

#include <barrier>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

#include "base/hd.h"

namespace spikefab {

// The calling thread is one of the team. Not for use by two threads at once.
class ThreadTeam {
 public:
  // Throws ResourceError if the machine does not give so many threads.
  explicit ThreadTeam(u32 size);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  u32 size() const { return static_cast<u32>(workers_.size()) + 1; }

  // Calls job(0) .. job(size() - 1), each in a thread of its own, and waits for all. What the first
  // of them threw, by index, is thrown again.
  void run(const std::function<void(u32)>& job);

 private:
  void work(u32 index);
  void run_guarded(u32 index);
  void stop();

  std::barrier<> start_;
  std::barrier<> done_;
  const std::function<void(u32)>* job_ = nullptr;  // null at a start: the end
  std::vector<std::exception_ptr> thrown_;         // [thread]
  std::vector<std::thread> workers_;
};

}  // namespace spikefab
