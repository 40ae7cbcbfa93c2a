#include "tests/support/data_folder.h"

#include <gtest/gtest.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "tests/support/engines.h"
#include "tests/support/temp_folder.h"

namespace spikefab::test {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& path) {
  std::string out = "'";
  for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string unpack(const std::string& path) {
  const std::string command = "xz -dc -- " + quoted(path);
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) {
    text.append(buffer, n);
  }
  if (pclose(pipe) != 0) throw std::runtime_error(command + " failed");
  return text;
}

using BySuffix = std::map<std::string, std::string>;  // "_mode0" -> path

struct CaseFolder {
  BySuffix outputs;
  BySuffix inputs;
  BySuffix configs;
};

void add_file(CaseFolder& folder, const fs::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".xz")) name.resize(name.size() - 3);
  const auto add = [&](BySuffix& files, const std::string& begin, const std::string& end) {
    if (!name.starts_with(begin) || !name.ends_with(end)) return;
    files[name.substr(begin.size(), name.size() - begin.size() - end.size())] = path.string();
  };
  add(folder.outputs, "output", ".txt");
  add(folder.inputs, "input", ".json");
  add(folder.configs, "config", ".json");
}

// Those that end alike, or else all.
BySuffix matching(const BySuffix& files, const std::string& suffix) {
  const auto found = files.find(suffix);
  return found == files.end() ? files : BySuffix{*found};
}

std::string test_name(std::string text) {
  for (char& c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return text;
}

void add_cases(const std::string& folder_name, const CaseFolder& folder,
               std::vector<RancCase>& cases) {
  for (const auto& [suffix, output] : folder.outputs) {
    const BySuffix inputs = matching(folder.inputs, suffix);
    if (inputs.size() != 1) continue;
    const BySuffix configs = matching(folder.configs, suffix);
    for (const auto& [config_suffix, config] : configs) {
      const std::string variant = suffix + (configs.size() > 1 ? config_suffix : "");
      cases.push_back({test_name(folder_name + variant), config, inputs.begin()->second, output});
    }
  }
}

}  // namespace

std::string data_folder() {
  const char* folder = std::getenv("SPIKEFAB_DATA");
  return folder != nullptr ? folder : SPIKEFAB_SOURCE_DIR "/../shared/data";
}

std::string read_data_file(const std::string& path) {
  return path.ends_with(".xz") ? unpack(path) : read_whole_file(path);
}

std::vector<RancCase> find_ranc_cases() {
  const fs::path root = fs::path(data_folder()) / "ranc";
  std::vector<RancCase> cases;
  if (!fs::is_directory(root)) return cases;
  std::map<std::string, CaseFolder> folders;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    add_file(folders[fs::relative(entry.path().parent_path(), root).string()], entry.path());
  }
  for (const auto& [name, folder] : folders) add_cases(name, folder, cases);
  return cases;
}

void skip_without_data(const std::string& what) {
  skip_for_want_of("data", what + " (set SPIKEFAB_DATA)");
}

}  // namespace spikefab::test
