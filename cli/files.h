// What a file is, and loading what comes in several formats.
#pragma once

#include <string>

#include "mapper/importers/ranc.h"

namespace spikefab::cli {

enum class FileKind {
  program,
  stimulus,
  checkpoint,
  chip,
  crossbar_network,
  ranc_config,
  ranc_input,
  nir,
  netx,
  described_network,
  recording
};

std::string kind_name(FileKind kind);

// By the ending of the name, and by content where that is not enough. Throws InputError.
FileKind kind_of(const std::string& path);

// A chip from a chip file or from RANC's config.json.
Chip load_chip_or_ranc_config(const std::string& path);

}  // namespace spikefab::cli
