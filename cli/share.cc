#include "cli/share.h"

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/suggest.h"
#include "build_info.h"

namespace spikefab::cli {
namespace {

namespace fs = std::filesystem;

bool holds_configs(const fs::path& folder) {
  std::error_code not_readable;
  return fs::is_directory(folder / "configs", not_readable);
}

std::string folder_of_executable() {
  std::error_code unknown;
  return fs::read_symlink("/proc/self/exe", unknown).parent_path().string();
}

}  // namespace

SharePlaces share_places() {
  const char* variable = std::getenv("SPIKEFAB_SHARE");
  return {.variable = variable == nullptr ? "" : variable,
          .executable_folder = folder_of_executable(),
          .source_folder = build_info::source_folder};
}

std::string share_folder(const SharePlaces& places) {
  if (!places.variable.empty()) {
    if (holds_configs(places.variable)) return places.variable;
    throw UsageError("SPIKEFAB_SHARE=" + places.variable + ": there is no folder configs in it",
                     "set it to the folder that holds Spikefab's configs, or unset it");
  }
  const fs::path installed =
      (fs::path(places.executable_folder) / "../share/spikefab").lexically_normal();
  for (const fs::path& folder : {installed, fs::path(places.source_folder)}) {
    if (holds_configs(folder)) return folder.string();
  }
  throw InputError("",
                   "the files that come with spikefab are missing: no folder configs in " +
                       installed.string() + " or " + places.source_folder,
                   "set SPIKEFAB_SHARE to the folder that holds Spikefab's configs");
}

std::string share_folder() { return share_folder(share_places()); }

}  // namespace spikefab::cli
