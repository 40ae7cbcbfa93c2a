// What the fuzz targets share. A target passes if nothing crashes and only InputError, with a
// place in the file, or ResourceError is thrown.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spikefab::fuzz {

// A file in memory with this content. The same one is used again for every input.
inline std::string memory_file(std::string_view content, int& file) {
  if (file < 0) file = memfd_create("fuzz", 0);
  if (file < 0 || ftruncate(file, 0) != 0) std::abort();
  if (pwrite(file, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size())) {
    std::abort();
  }
  return "/proc/self/fd/" + std::to_string(file);
}

template <class Load>
void expect_loaded_or_rejected(const std::string& path, Load&& load) try {
  load();
} catch (const InputError& e) {
  for (const Problem& problem : e.problems()) {
    if (problem.place.find(path) == std::string::npos) std::abort();
  }
} catch (const ResourceError&) {
}

}  // namespace spikefab::fuzz
