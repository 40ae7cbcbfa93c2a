// A barrier for threads that meet every few microseconds: it spins before it sleeps, as waking a
// thread costs more than such a wait. (std::barrier sleeps after less than a microsecond.)
#pragma once

#include <atomic>
#include <thread>

#include "base/hd.h"

namespace spikefab {

class SpinBarrier {
 public:
  explicit SpinBarrier(u32 threads)
      : threads_(threads), spins_(threads <= std::thread::hardware_concurrency() ? 5000 : 0) {}

  // Returns when all threads have called it; what each did before is then seen by all.
  void arrive_and_wait() {
    const u32 phase = phase_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
      phase_.notify_all();
      return;
    }
    for (u32 i = 0; i < spins_; ++i) {
      if (phase_.load(std::memory_order_acquire) != phase) return;
      pause();
    }
    phase_.wait(phase, std::memory_order_acquire);
  }

 private:
  static void pause() {
#ifdef __x86_64__
    __builtin_ia32_pause();  // some 40 ns
#endif
  }

  u32 threads_;
  u32 spins_;
  alignas(64) std::atomic<u32> arrived_ = 0;
  alignas(64) std::atomic<u32> phase_ = 0;
};

}  // namespace spikefab
