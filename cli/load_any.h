// Any of our files, loaded and described: for inspect and validate.
#pragma once

#include <optional>
#include <string>

#include "arch/program.h"
#include "cli/files.h"
#include "cli/result.h"

namespace spikefab::cli {

struct LoadedFile {
  FileKind kind;
  std::string one_line;            // "5 cores, 506 neurons"
  Json facts;                      // what inspect shows
  std::optional<Program> program;  // if it holds one
};

// `config` is the chip or RANC config of a RANC input, or empty. Throws InputError, also
// if a RANC input comes without its config.
LoadedFile load_any(const std::string& path, const std::string& config);

}  // namespace spikefab::cli
