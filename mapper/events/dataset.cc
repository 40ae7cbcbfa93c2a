// Label files and the recordings that belong to them; declared in mapper/events/recording.h.
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "mapper/events/header.h"
#include "mapper/events/reader.h"
#include "mapper/events/recording.h"

namespace spikefab {
namespace {

namespace fs = std::filesystem;

constexpr u64 max_label_bytes = u64{64} << 20;
constexpr u32 max_label = 0xffff;

std::set<std::string> known_extensions() {
  std::set<std::string> all;
  for (const auto& [name, entry] : Registry<EventReader>::all()) {
    for (const std::string& extension : entry.make()->extensions()) {
      all.insert(extension);
      all.insert(extension + ".gz");
    }
  }
  return all;
}

// The recordings of a folder: name without extension -> paths.
using Recordings = std::map<std::string, std::vector<std::string>>;

Recordings list_recordings(const std::string& folder) {
  const std::set<std::string> extensions = known_extensions();
  Recordings recordings;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const std::size_t dot = name.find('.');
    if (dot == name.npos || !extensions.contains(lower_case(name.substr(dot)))) continue;
    recordings[name.substr(0, dot)].push_back(entry.path().string());
  }
  if (error) throw InputError(folder, "cannot be listed: " + error.message());
  return recordings;
}

class LabelReader {
 public:
  LabelReader(const std::string& folder, const std::string& label_file,
              const DatasetOptions& options)
      : folder_(folder),
        label_file_(label_file),
        options_(options),
        recordings_(list_recordings(folder)) {}

  std::vector<LabelledFile> read() {
    std::istringstream text(read_text(label_file_, max_label_bytes));
    for (std::string line; std::getline(text, line);) {
      ++line_number_;
      const std::string_view content = trimmed(line);
      if (content.empty() || content.starts_with('#')) continue;
      if (options_.most != 0 && indices_.size() == options_.most) break;
      take_line(content);
    }
    problems_.throw_if_any();
    if (files_.empty()) {
      throw InputError(label_file_, "names no recording that is in " + folder_,
                       "lines must be: index, tabulator, class");
    }
    return std::move(files_);
  }

 private:
  void add_problem(const std::string& what, const std::string& hint) {
    problems_.add({label_file_ + ":" + std::to_string(line_number_), what, hint});
  }

  void take_line(std::string_view content) {
    const std::size_t blank = std::min(content.find_first_of(" \t"), content.size());
    const std::string index(content.substr(0, blank));
    const std::string_view label = trimmed(content.substr(blank));
    const std::optional<u32> value = parse_number<u32>(label);
    if (!value || *value > max_label) {
      add_problem("'" + printable(content) + "'",
                  "must be an index, a tabulator, and a class of 0..65535");
    } else if (!indices_.insert(index).second) {
      add_problem("index " + printable(index) + " is there twice", "");
    } else {
      add_file(index, *value);
    }
  }

  void add_file(const std::string& index, u32 label) {
    const auto found = recordings_.find(index);
    if (found == recordings_.end()) {
      if (options_.missing == MissingRecordings::are_left_out) return;
      add_problem("no recording '" + printable(index) + "' in " + folder_,
                  "its name must end as docs/events.md says, such as " + printable(index) + ".bin");
    } else if (found->second.size() > 1) {
      add_problem("several recordings for index " + printable(index), join(found->second, ", "));
    } else {
      files_.push_back({found->second[0], label});
    }
  }

  std::string folder_;
  std::string label_file_;
  DatasetOptions options_;
  Recordings recordings_;
  std::set<std::string> indices_;
  u64 line_number_ = 0;
  std::vector<LabelledFile> files_;
  Problems problems_;
};

}  // namespace

std::vector<LabelledFile> find_event_dataset(const std::string& folder,
                                             const std::string& label_file,
                                             const DatasetOptions& options) {
  return LabelReader(folder, label_file, options).read();
}

std::vector<LabelledRecording> load_event_dataset(const std::string& folder,
                                                  const std::string& label_file,
                                                  const DatasetOptions& options) {
  constexpr u64 step = u64{64} << 20;
  std::vector<LabelledRecording> recordings;
  u64 unchecked_bytes = 0;
  for (const LabelledFile& file : find_event_dataset(folder, label_file, options)) {
    recordings.push_back({load_events(file.path), file.label});
    std::vector<Event>& events = recordings.back().recording.events;
    events.shrink_to_fit();
    unchecked_bytes += events.size() * sizeof(Event);
    if (unchecked_bytes < step) continue;
    check_available_memory(2 * step, "the recordings of " + label_file);
    unchecked_bytes = 0;
  }
  return recordings;
}

}  // namespace spikefab
