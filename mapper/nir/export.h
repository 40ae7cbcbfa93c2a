// Writes NIR files (HDF5) in the layout of NIR 1.0.7, for all tools that read NIR. Their version is
// 1.0.5 where that says that a missing v_reset means a reset by subtraction.
#pragma once

#include <string>

#include "mapper/nir/form.h"

namespace spikefab {

struct NirExportOptions {
  std::string written_by;  // noted as metadata, which nothing depends on; none if it is empty
  u32 deflate_level = 0;   // 1 (fast) to 9 (small); 0: not compressed
};

// Equal networks and options make equal files. The file is complete or absent (base/files.h):
// throws std::system_error if it cannot be written, ResourceError for want of memory.
void save_nir(const NirForm& form, const std::string& path, const NirExportOptions& options = {});

}  // namespace spikefab
