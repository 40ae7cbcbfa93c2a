// Paths on the command line, checked before any work is done for them.
#pragma once

#include <string>
#include <vector>

namespace spikefab::cli {

// A path and what it was given as, such as "--output".
struct GivenPath {
  std::string option;
  std::string path;
};

// Where a path leads: absolute, links followed, no slash at the end.
std::string canonical(const std::string& path);

// Throws UsageError unless the folder that `output` is to be made in is there and can be written.
void check_parent_folder(const GivenPath& output);

// Throws UsageError if an output cannot be written as a file, or is an input or another output.
void check_files(const std::vector<GivenPath>& inputs, const std::vector<GivenPath>& outputs);

// Throws UsageError if an input lies in `folder`, which is going to be replaced.
void refuse_inputs_in(const std::string& folder, const std::vector<std::string>& inputs);

// Throws UsageError if `path` exists and may not be replaced.
void refuse_to_overwrite(const std::string& path, bool force);

}  // namespace spikefab::cli
