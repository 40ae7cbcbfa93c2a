#include "cli/run_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/files.h"
#include "cli/log.h"
#include "cli/paths.h"
#include "cli/provenance.h"

namespace fs = std::filesystem;

namespace spikefab::cli {
namespace {

constexpr u64 max_provenance_bytes = u64{64} << 20;

// Why the folder is not the output of a run and nothing else, or "".
std::string why_foreign(const fs::path& folder) try {
  const Json run = Json::parse(read_text((folder / "run.json").string(), max_provenance_bytes));
  if (run.at("schema_version") != schema_version || run.at("tool").at("name") != tool_name) {
    return "holds a run.json of another tool or version";
  }
  const auto names = run.at("files").get<std::set<std::string>>();
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool is_listed = names.count(name) != 0 && fs::is_regular_file(entry.symlink_status());
    if (!is_listed) return "holds " + name + ", which its run.json does not list";
  }
  return "";
} catch (const std::exception&) {
  return "holds no readable run.json, so it is no run's output";
}

void sync_folder(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  if (!synced) throw std::system_error(error, std::generic_category(), "cannot sync " + path);
}

// Puts the folder `from` in the place of the folder `to`, which goes.
void replace_folder(const std::string& from, const std::string& to) {
  std::string old = from;
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) != 0) {
    old += ".old";  // this file system cannot exchange names
    fs::rename(to, old);
    fs::rename(from, to);
  }
  std::error_code failed;
  fs::remove_all(old, failed);
  if (failed) log_warning("the folder that was replaced is now {}: {}", old, failed.message());
}

}  // namespace

void check_run_folder(const std::string& path, bool force) {
  if (!fs::exists(path)) return;
  if (!fs::is_directory(path)) throw UsageError(path + " is not a folder", "choose another name");
  if (fs::is_empty(path)) return;
  if (!force) {
    throw UsageError(path + " exists and is not empty",
                     "choose another name, or --force to replace it");
  }
  const std::string why = why_foreign(path);
  if (!why.empty()) throw UsageError(path + " " + why, "--force replaces output folders only");
}

RunFolder::RunFolder(const std::string& path, bool force)
    : path_(canonical(path)),
      temporary_(path_ + ".tmp-" + std::to_string(getpid())),
      force_(force) {
  if (!fs::create_directory(temporary_)) {
    throw UsageError(temporary_ + " exists", "a run was killed or kept its result there");
  }
}

RunFolder::~RunFolder() {
  if (complete_) return;
  if (worth_keeping_) {
    log_warning("the run did not complete; its checkpoints are in {}", temporary_);
    return;
  }
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

std::string RunFolder::path_of(const std::string& name) {
  names_.insert(name);
  return temporary_ + "/" + name;
}

void RunFolder::commit() {
  complete_ = true;
  try {
    put_in_place();
  } catch (const std::exception& e) {
    throw ResourceError(std::string(e.what()) + "; the complete result is in " + temporary_);
  }
  sync_folder(fs::path(path_).parent_path().string());
}

// A rename of a folder replaces an empty folder and fails for anything else.
void RunFolder::put_in_place() {
  sync_folder(temporary_);
  check_run_folder(path_, force_);
  if (force_ && fs::exists(path_)) {
    replace_folder(temporary_, path_);
  } else {
    fs::rename(temporary_, path_);
  }
}

}  // namespace spikefab::cli
