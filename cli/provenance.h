// run.json: what made an output folder, so that it can be made again.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/clock.h"
#include "cli/result.h"

namespace spikefab::cli {

inline constexpr const char* tool_name = "spikefab";

// Name, version, commit, compiler and so on: version, doctor and run.json show it.
Json build_facts();

struct InputFile {
  std::string path;
  std::string sha256;
};

// To be called before the files are used, as they may change or go later.
std::vector<InputFile> hash_inputs(const std::vector<std::string>& paths);

struct RunFacts {
  std::vector<std::string> words;  // as typed, verb first
  std::vector<InputFile> inputs;
  std::set<std::string> file_names;  // all that the folder holds
  std::string resolved_config;       // the text of resolved.yaml
  std::string start_utc;
  double run_seconds = 0;
  bool reproducible = false;  // leave out what differs between machines and days
  Json result;                // status, engine, ticks, digest, ...
};

Json provenance(const RunFacts& facts);

}  // namespace spikefab::cli
