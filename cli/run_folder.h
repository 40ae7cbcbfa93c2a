// The output folder of a run: written beside its place and renamed when complete, never a partial
// one under the final name.
#pragma once

#include <string>

namespace spikefab::cli {

class RunFolder {
 public:
  // `path` must be absent or empty; with force, it may also be a folder that holds a run.json.
  // Throws UsageError.
  RunFolder(const std::string& path, bool force);
  // Without commit(): removed, unless it holds what is worth keeping.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  std::string path_of(const std::string& name) const { return temporary_ + "/" + name; }
  const std::string& final_path() const { return path_; }

  void keep_if_it_fails() { worth_keeping_ = true; }
  void commit();

 private:
  std::string path_;
  std::string temporary_;
  bool worth_keeping_ = false;
  bool committed_ = false;
};

}  // namespace spikefab::cli
