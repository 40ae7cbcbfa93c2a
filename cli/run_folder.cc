#include "cli/run_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/suggest.h"
#include "cli/log.h"

namespace fs = std::filesystem;

namespace spikefab::cli {
namespace {

constexpr const char* provenance_name = "run.json";

// Follows links and drops a slash at the end, so that a rename replaces the folder itself.
std::string canonical(const std::string& path) {
  fs::path clean = fs::weakly_canonical(fs::absolute(path));
  if (clean.filename().empty()) clean = clean.parent_path();
  return clean.string();
}

void check_place(const std::string& path, bool force) {
  const std::string shown = printable(path, 300);
  if (!fs::exists(path)) return;
  if (!fs::is_directory(path)) throw UsageError(shown + " is not a folder", "choose another name");
  if (fs::is_empty(path)) return;
  if (!force) {
    throw UsageError(shown + " exists and is not empty",
                     "choose another name, or --force to replace it");
  }
  if (!fs::exists(fs::path(path) / provenance_name)) {
    throw UsageError(shown + " holds no run.json, so it is no run's output",
                     "--force replaces output folders only");
  }
}

void sync_folder(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) close(fd);
  if (!synced) throw std::system_error(error, std::generic_category(), "cannot sync " + path);
}

}  // namespace

RunFolder::RunFolder(const std::string& path, bool force)
    : path_(canonical(path)), temporary_(path_ + ".tmp-" + std::to_string(getpid())) {
  check_place(path_, force);
  if (!fs::create_directory(temporary_)) {
    throw UsageError(printable(temporary_, 300) + " exists", "remove it: a run was killed there");
  }
}

RunFolder::~RunFolder() {
  if (committed_) return;
  if (worth_keeping_) {
    log_warning("the run did not complete; its checkpoints are in {}", temporary_);
    return;
  }
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

void RunFolder::commit() {
  sync_folder(temporary_);
  const std::string old = path_ + ".old-" + std::to_string(getpid());
  if (fs::exists(path_)) fs::rename(path_, old);
  fs::rename(temporary_, path_);
  committed_ = true;
  sync_folder(fs::path(path_).parent_path().string());
  fs::remove_all(old);
}

}  // namespace spikefab::cli
