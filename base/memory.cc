#include "base/memory.h"

#include <fstream>

#include "base/error.h"

namespace spikefab {

u64 available_memory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  u64 kib = 0;
  while (file >> key >> kib) {
    if (key == "MemAvailable:") return kib << 10;
    file.ignore(64, '\n');
  }
  return ~u64{0};
}

void check_available_memory(u64 bytes, const std::string& what) {
  const u64 have = available_memory();
  if (bytes <= have) return;
  throw ResourceError(what + " needs " + std::to_string(bytes >> 20) + " MiB of memory (" +
                      std::to_string(have >> 20) + " MiB are available)");
}

}  // namespace spikefab
