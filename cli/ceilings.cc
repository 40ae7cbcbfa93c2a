#include "cli/ceilings.h"

#include <algorithm>
#include <barrier>
#include <bit>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "cli/clock.h"

namespace spikefab::cli {
namespace {

// 64 bytes: one register of AVX-512, and several of what has narrower ones.
struct Line {
  u64 __attribute__((vector_size(64))) words;
};

constexpr u64 lines_per_step = 8;  // sums that do not wait for each other

// Reads all lines `rounds` times; the sum is what keeps the compiler from leaving it out.
__attribute__((always_inline)) inline u64 sum_lines(const Line* lines, u64 count, u64 rounds) {
  Line sum[lines_per_step] = {};
  for (u64 round = 0; round < rounds; ++round) {
    for (u64 i = 0; i < count; i += lines_per_step) {
      for (u64 k = 0; k < lines_per_step; ++k) sum[k].words += lines[i + k].words;
    }
    asm volatile("" : : "r"(lines) : "memory");  // what was read may have changed
  }
  u64 total = 0;
  for (const Line& line : sum) total += line.words[0] + line.words[7];
  return total;
}

u64 sum_portable(const Line* lines, u64 count, u64 rounds) {
  return sum_lines(lines, count, rounds);
}

using Sum = u64 (*)(const Line*, u64, u64);

#if defined(__x86_64__)
__attribute__((target("avx2"))) u64 sum_avx2(const Line* lines, u64 count, u64 rounds) {
  return sum_lines(lines, count, rounds);
}
__attribute__((target("avx512f"))) u64 sum_avx512(const Line* lines, u64 count, u64 rounds) {
  return sum_lines(lines, count, rounds);
}

Sum widest_sum() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return sum_avx512;
  return __builtin_cpu_supports("avx2") ? sum_avx2 : sum_portable;
}
#else
Sum widest_sum() { return sum_portable; }
#endif

}  // namespace

double read_bandwidth(u64 working_set, u32 threads) {
  constexpr u64 bytes_per_try = u64{1} << 28;
  constexpr int tries = 3;
  constexpr u64 step = lines_per_step * sizeof(Line);
  const u64 part = std::max(divide_up(working_set / threads, step), u64{1}) * lines_per_step;
  const u64 rounds = divide_up(bytes_per_try, part * sizeof(Line));
  const Sum sum = widest_sum();
  std::vector<double> seconds(tries);
  std::vector<u64> sums(threads);
  std::barrier meet(threads);
  const auto work = [&](u32 thread) {
    const std::vector<Line> lines(part);
    sums[thread] = sum(lines.data(), part, 1);
    for (double& taken : seconds) {
      meet.arrive_and_wait();
      const Stopwatch watch;
      sums[thread] += sum(lines.data(), part, rounds);
      meet.arrive_and_wait();
      if (thread == 0) taken = watch.seconds();
    }
  };
  std::vector<std::jthread> team;
  for (u32 thread = 1; thread < threads; ++thread) team.emplace_back(work, thread);
  work(0);
  team.clear();
  const double bytes = static_cast<double>(u64{threads} * part * sizeof(Line) * rounds);
  return bytes / *std::min_element(seconds.begin(), seconds.end());
}

double MemoryCeilings::bytes_per_second(u64 working_set, u32 threads) {
  constexpr u64 least = u64{1} << 14;  // nothing is faster than what fits into L1
  constexpr u64 most = u64{1} << 30;
  const u64 size = std::bit_ceil(std::clamp(working_set, least, most));
  const auto [entry, is_new] = measured_.try_emplace({size, threads});
  if (is_new) entry->second = read_bandwidth(size, threads);
  return entry->second;
}

GpuCeilings::GpuCeilings(const std::string& path) {
  constexpr u64 most = 1 << 20;
  const std::string text = read_text(path, most);
  try {
    const auto floors = nlohmann::json::parse(text);
    l2_bytes_ = floors.at("device").at("l2_bytes");
    l2_read_ = floors.at("l2_read_bytes_per_second");
    memory_read_ = floors.at("memory_read_bytes_per_second");
  } catch (const nlohmann::json::exception&) {
    throw InputError(path, "does not have what spikefab_floors writes", "see benchmarks/README.md");
  }
}

double GpuCeilings::bytes_per_second(u64 working_set) const {
  return working_set <= l2_bytes_ ? l2_read_ : memory_read_;
}

}  // namespace spikefab::cli
