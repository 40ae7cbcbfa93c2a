// Chip files; what loads is written and must load again to the same text.
#include "arch/chip.h"
#include "tests/fuzz/fuzz.h"

namespace spikefab::fuzz {
namespace {

void round_trip(const std::string& path) {
  static int file = -1;
  const std::string text = to_yaml(load_chip(path));
  if (to_yaml(load_chip(memory_file(text, file))) != text) std::abort();
}

}  // namespace
}  // namespace spikefab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spikefab;
  static int file = -1;
  const std::string path = fuzz::memory_file({reinterpret_cast<const char*>(data), size}, file);
  fuzz::expect_loaded_or_rejected(path, [&] { fuzz::round_trip(path); });
  return 0;
}
