// What machine this is: for doctor and for the provenance of runs.
#pragma once

#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab::cli {

std::string host_name();
std::string cpu_model();
std::vector<std::string> cpu_features();  // of those that we care for
u32 cpu_cores();
u64 memory_total();
u64 disk_free(const std::string& folder);
u64 open_file_limit();
u64 peak_memory();  // resident, of this process

// "13000" or the like; else why there is no CUDA driver. Never initialises a GPU.
std::string cuda_driver();

}  // namespace spikefab::cli
