// What networks and event recordings of other tools hold, for inspect and validate.
#pragma once

#include <string>

#include "cli/files.h"
#include "cli/result.h"

namespace spikefab::cli {

struct OutsideFile {
  std::string one_line;
  Json facts;
};

// Of a NIR network, a NetX network or an event recording. Logs what was put right. Throws
// InputError.
OutsideFile describe_outside_file(FileKind kind, const std::string& path);

}  // namespace spikefab::cli
