#include "cli/provenance.h"

#include <filesystem>

#include "base/files.h"
#include "build_info.h"
#include "cli/machine.h"

namespace spikefab::cli {
namespace {

Json input_files(const RunFacts& facts) {
  Json files = Json::array();
  for (const auto& [path, sha256] : facts.inputs) {
    const std::string name = std::filesystem::path(path).filename().string();
    files.push_back({{"path", facts.reproducible ? name : path}, {"sha256", sha256}});
  }
  return files;
}

}  // namespace

Json build_facts() {
  Json facts = {{"name", tool_name},
                {"version", build_info::version},
                {"commit", build_info::commit},
                {"build_type", build_info::build_type},
                {"compiler", build_info::compiler}};
  if (*build_info::sanitizers != '\0') facts["sanitizers"] = build_info::sanitizers;
  facts["cuda"] = build_info::cuda;
  facts["cuda_note"] = build_info::cuda_note;
  return facts;
}

std::vector<InputFile> hash_inputs(const std::vector<std::string>& paths) {
  std::vector<InputFile> files;
  for (const std::string& path : paths) files.push_back({path, sha256_of_file(path)});
  return files;
}

Json provenance(const RunFacts& facts) {
  Json document = facts.result;
  document["tool"] = build_facts();
  document["inputs"] = input_files(facts);
  document["files"] = facts.file_names;
  document["resolved_config_sha256"] = sha256_of_text(facts.resolved_config);
  if (facts.reproducible) return document;
  document["command_line"] = facts.words;
  std::error_code ignored;  // the folder may be gone
  document["working_folder"] = std::filesystem::current_path(ignored).string();
  document["host"] = host_name();
  document["start_utc"] = facts.start_utc;
  document["end_utc"] = utc_now_text();
  document["run_seconds"] = facts.run_seconds;
  document["peak_memory_bytes"] = peak_memory();
  return document;
}

}  // namespace spikefab::cli
