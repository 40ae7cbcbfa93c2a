// RANC's input.json and config.json; an input that loads also runs for some ticks.
#include "base/registry.h"
#include "mapper/importers/ranc.h"
#include "sim/engine.h"
#include "tests/fuzz/fuzz.h"

namespace spikefab::fuzz {
namespace {

// The chip of the seed (tests/support/sample_files.cc).
Chip small_chip() {
  Chip chip;
  chip.mesh = {.width = 2, .height = 2};
  chip.axons = 4;
  chip.neurons = 3;
  chip.weights = 2;
  chip.slots = 4;
  chip.neuron_params = {0, 1, 0, 0, 0, 1};
  return chip;
}

void run(const Imported& input) {
  check_program(input.program, "fuzz");
  check_stimulus(input.stimulus, input.program, "fuzz");
  const auto engine = Registry<sim::Engine>::make("serial");
  sim::Recording recording;
  engine->load(input.program, input.stimulus);
  engine->advance(4, {}, recording);
}

}  // namespace
}  // namespace spikefab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spikefab;
  static int file = -1;
  const std::string path = fuzz::memory_file({reinterpret_cast<const char*>(data), size}, file);
  fuzz::expect_loaded_or_rejected(path,
                                  [&] { fuzz::run(load_ranc_input(path, fuzz::small_chip())); });
  fuzz::expect_loaded_or_rejected(path, [&] { load_ranc_config(path); });
  return 0;
}
