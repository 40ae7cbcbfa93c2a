// Programs, stimuli and checkpoints, with their checksums made right, or no damage would get past
// them. What loads also runs for a tick.
#include <filesystem>

#include "arch/program_file.h"
#include "base/registry.h"
#include "sim/checkpoint.h"
#include "sim/engine.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/mutator.h"
#include "tests/support/sample_files.h"

namespace spikefab::fuzz {
namespace {

void run_program(const std::string& path) {
  const Program program = load_program(path);
  const auto engine = Registry<sim::Engine>::make("serial");
  sim::Recording recording;
  engine->load(program, {});
  engine->advance(1, {}, recording);
}

// What the seed's checkpoint is of.
struct Sample {
  Program program;
  std::string stimulus_hash;
};

Sample make_sample() {
  char folder[] = "/tmp/sfab_fuzz.XXXXXX";
  if (mkdtemp(folder) == nullptr) std::abort();
  const test::SampleFiles files = test::write_sample_files(folder);
  Sample sample = {load_program(files.program), content_hash(load_stimulus(files.stimulus))};
  std::filesystem::remove_all(folder);
  return sample;
}

}  // namespace
}  // namespace spikefab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spikefab;
  static const fuzz::Sample sample = fuzz::make_sample();
  static int file = -1;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  test::seal(bytes);
  const std::string path = fuzz::memory_file(bytes, file);
  fuzz::expect_loaded_or_rejected(path, [&] { fuzz::run_program(path); });
  fuzz::expect_loaded_or_rejected(path, [&] { load_stimulus(path); });
  fuzz::expect_loaded_or_rejected(
      path, [&] { sim::load_checkpoint(path, sample.program, sample.stimulus_hash); });
  return 0;
}
