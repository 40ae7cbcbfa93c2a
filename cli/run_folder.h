// The output folder of a run: written beside its place and renamed when complete, never a partial
// one under the final name.
#pragma once

#include <set>
#include <string>

namespace spikefab::cli {

// Throws UsageError unless `path` is absent or an empty folder or, with force, the output folder of
// a run and nothing else: it holds a run.json of ours and only files that this lists.
void check_run_folder(const std::string& path, bool force);

class RunFolder {
 public:
  // `path` must have passed check_run_folder.
  RunFolder(const std::string& path, bool force);
  // Without commit(): removed, unless it holds what is worth keeping.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  // Where to write the file of this name, which is noted as one of the folder.
  std::string path_of(const std::string& name);
  const std::set<std::string>& names() const { return names_; }

  void keep_if_it_fails() { worth_keeping_ = true; }

  // Gives the folder its name. If that was taken meanwhile, or it fails, the folder stays under its
  // temporary name, which the ResourceError tells.
  void commit();

 private:
  void put_in_place();

  std::string path_;
  std::string temporary_;
  bool force_;
  std::set<std::string> names_;
  bool worth_keeping_ = false;
  bool complete_ = false;
};

}  // namespace spikefab::cli
