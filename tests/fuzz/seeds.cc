// Writes good files for the fuzzers to begin with: <folder>/json, yaml and sfab.
#include <cstdio>
#include <filesystem>

#include "tests/support/sample_files.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  for (const char* format : {"json", "yaml", "sfab"}) {
    std::filesystem::create_directories(folder / format);
  }
  const auto files = spikefab::test::write_sample_files(argv[1]);
  const auto move = [&](const std::string& file, const char* format) {
    std::filesystem::rename(file, folder / format / std::filesystem::path(file).filename());
  };
  move(files.ranc_config, "json");
  move(files.ranc_input, "json");
  move(files.chip, "yaml");
  move(files.program, "sfab");
  move(files.stimulus, "sfab");
  move(files.checkpoint, "sfab");
}
