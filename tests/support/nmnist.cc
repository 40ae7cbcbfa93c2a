#include "tests/support/nmnist.h"

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "tests/support/data_folder.h"
#include "tests/support/run_tool.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

std::string nmnist_folder() { return data_folder() + "/nmnist"; }
std::string archive() { return nmnist_folder() + "/recordings.tar.xz"; }

struct Loaded {
  std::vector<NmnistRecording> recordings;
  u64 archive_size = 0;
};

void add_set(const TempFolder& unpacked, const std::string& label_file, NmnistSet set,
             std::vector<NmnistRecording>& recordings) {
  const std::string labels = nmnist_folder() + "/" + label_file;
  for (LabelledRecording& found :
       load_event_dataset(unpacked.path(), labels, {.missing = MissingRecordings::are_left_out})) {
    recordings.push_back({std::move(found.recording), found.label, set});
  }
}

Loaded load() {
  Loaded loaded;
  if (!std::filesystem::exists(archive())) return loaded;
  const TempFolder unpacked(memory_folder());
  const ToolRun tar = run_program({"tar", "-xJf", archive(), "-C", unpacked.path()});
  if (tar.code != 0) throw std::runtime_error("cannot unpack " + archive() + ": " + tar.err);
  loaded.archive_size = names_in(unpacked.path()).size();
  add_set(unpacked, "test100.txt", NmnistSet::test, loaded.recordings);
  add_set(unpacked, "train1K.txt", NmnistSet::train, loaded.recordings);
  return loaded;
}

const Loaded& loaded() {
  static const Loaded all = load();
  return all;
}

}  // namespace

const std::vector<NmnistRecording>& nmnist_recordings() { return loaded().recordings; }

u64 nmnist_archive_size() { return loaded().archive_size; }

bool skip_without_nmnist() {
  if (!nmnist_recordings().empty()) return false;
  skip_without_data("no " + archive());
  return true;
}

}  // namespace spikefab::test
