#include "base/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "base/error.h"

namespace spikefab {
namespace {

constexpr u64 unlimited = std::numeric_limits<u64>::max();

u64 number_in(const char* path) {
  u64 value = unlimited;
  std::ifstream(path) >> value;  // "max" leaves a 0 that means no limit
  return value == 0 ? unlimited : value;
}

u64 available_in_machine() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  u64 kib = 0;
  while (file >> key >> kib) {
    if (key == "MemAvailable:") return kib << 10;
    file.ignore(64, '\n');
  }
  return unlimited;
}

// Of a container, whose own root of the cgroup tree this is.
u64 available_in_cgroup() {
  const u64 limit = number_in("/sys/fs/cgroup/memory.max");
  const u64 used = number_in("/sys/fs/cgroup/memory.current");
  if (limit == unlimited || used == unlimited) return unlimited;
  return limit > used ? limit - used : 0;
}

u64 available_in_process() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unlimited;
  u64 pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const u64 used = pages * static_cast<u64>(sysconf(_SC_PAGESIZE));
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

}  // namespace

u64 checked_product(std::initializer_list<u64> factors) {
  u64 product = 1;
  for (const u64 factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product)) return unlimited;
  }
  return product;
}

u64 available_memory() {
  return std::min({available_in_machine(), available_in_cgroup(), available_in_process()});
}

void check_available_memory(u64 bytes, const std::string& what) {
  constexpr u64 always_there = u64{16} << 20;  // not worth asking
  if (bytes < always_there) return;
  const u64 have = available_memory();
  if (bytes <= have) return;
  const std::string need = bytes == unlimited ? "more memory than can be counted"
                                              : std::to_string(bytes >> 20) + " MiB of memory";
  throw ResourceError(what + " needs " + need + " (" + std::to_string(have >> 20) +
                      " MiB are available)");
}

}  // namespace spikefab
