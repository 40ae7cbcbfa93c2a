// Writes good files for the fuzzers to begin with: <folder>/events, json, yaml and sfab.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/event_writers.h"
#include "tests/support/sample_files.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  for (const char* format : {"events", "json", "yaml", "sfab"}) {
    std::filesystem::create_directories(folder / format);
  }
  for (const auto& sample : spikefab::test::event_samples()) {
    std::ofstream(folder / "events" / sample.file_name, std::ios::binary) << sample.content;
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
