// run.json: what made an output folder, so that it can be made again.
#pragma once

#include <string>
#include <vector>

#include "cli/clock.h"
#include "cli/result.h"

namespace spikefab::cli {

// Version, commit, compiler and so on: version, doctor and run.json show it.
Json build_facts();

struct RunFacts {
  std::vector<std::string> words;  // as typed, verb first
  std::vector<std::string> input_paths;
  std::string resolved_config;  // the text of resolved.yaml
  std::string start_utc;
  double run_seconds = 0;
  bool reproducible = false;  // leave out what differs between machines and days
  Json result;                // status, engine, ticks, digest, ...
};

Json provenance(const RunFacts& facts);

}  // namespace spikefab::cli
