#include "cli/paths.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "base/error.h"

namespace fs = std::filesystem;

namespace spikefab::cli {
namespace {

// A device or pipe: written as it is, and to be shared by several outputs.
bool is_special(const std::string& path) {
  std::error_code ignored;
  return fs::is_other(fs::status(path, ignored));
}

void check_file(const GivenPath& output) {
  std::error_code ignored;
  if (output.path.ends_with('/') || fs::is_directory(output.path, ignored)) {
    throw UsageError(output.option + " = " + output.path + " is a folder", "name a file in it");
  }
  if (!is_special(output.path)) check_parent_folder(output);
}

}  // namespace

std::string canonical(const std::string& path) {
  std::error_code failed;
  fs::path clean = fs::weakly_canonical(fs::absolute(path, failed), failed);
  if (failed) return path;  // who uses it gets the system's message
  if (clean.filename().empty()) clean = clean.parent_path();
  return clean.string();
}

void check_parent_folder(const GivenPath& output) {
  if (output.path.empty()) throw UsageError(output.option + " is empty", "give it a name");
  const std::string parent = fs::path(canonical(output.path)).parent_path().string();
  std::error_code ignored;
  if (!fs::is_directory(parent, ignored)) {
    throw UsageError(output.option + " = " + output.path + ": there is no folder " + parent);
  }
  if (access(parent.c_str(), W_OK | X_OK) != 0) {
    throw UsageError(output.option + " = " + output.path + ": the folder " + parent +
                     " cannot be written: " + std::strerror(errno));
  }
}

void check_files(const std::vector<GivenPath>& inputs, const std::vector<GivenPath>& outputs) {
  std::map<std::string, std::string> taken;  // canonical path, what it is
  for (const auto& [option, path] : inputs) taken.emplace(canonical(path), option);
  for (const GivenPath& output : outputs) {
    check_file(output);
    if (is_special(output.path)) continue;
    const auto [other, is_free] = taken.emplace(canonical(output.path), output.option);
    if (is_free) continue;
    throw UsageError(other->second + " and " + output.option + " are the same file: " + output.path,
                     "choose another name");
  }
}

void refuse_inputs_in(const std::string& folder, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    if (!canonical(input).starts_with(canonical(folder) + "/")) continue;
    throw UsageError(input + " is an input and lies in " + folder + ", which would be replaced",
                     "choose another folder");
  }
}

void refuse_to_overwrite(const std::string& path, bool force) {
  if (force || is_special(path) || !fs::exists(path)) return;
  throw UsageError(path + " exists", "choose another name, or --force to replace it");
}

}  // namespace spikefab::cli
