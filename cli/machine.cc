#include "cli/machine.h"

#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace spikefab::cli {
namespace {

// The text after "key :" in a file of such lines as /proc has, or "".
std::string proc_value(const char* path, const std::string& key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(key)) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

u64 meminfo_bytes(const std::string& key) {
  u64 kib = 0;
  std::istringstream(proc_value("/proc/meminfo", key + ":")) >> kib;
  return kib * 1024;
}

}  // namespace

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string cpu_model() {
  const std::string model = proc_value("/proc/cpuinfo", "model name");
  return model.empty() ? "unknown" : model;
}

std::vector<std::string> cpu_features() {
  std::vector<std::string> features;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) features.push_back("avx2");
  if (__builtin_cpu_supports("avx512f")) features.push_back("avx512f");
  if (__builtin_cpu_supports("avx512bw")) features.push_back("avx512bw");
  if (__builtin_cpu_supports("avx512vpopcntdq")) features.push_back("avx512vpopcntdq");
#endif
  return features;
}

u32 cpu_cores() { return std::thread::hardware_concurrency(); }

u64 memory_total() { return meminfo_bytes("MemTotal"); }

u64 disk_free(const std::string& folder) {
  std::error_code ignored;
  const auto space = std::filesystem::space(folder, ignored);
  return ignored ? 0 : space.available;
}

u64 open_file_limit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

u64 peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<u64>(usage.ru_maxrss) * 1024;  // Linux counts KiB
}

std::string cuda_driver() {
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return "none: libcuda.so.1 is not installed";
  using GetVersion = int (*)(int*);
  const auto get_version = reinterpret_cast<GetVersion>(dlsym(library, "cuDriverGetVersion"));
  int version = 0;
  const bool known = get_version != nullptr && get_version(&version) == 0;
  dlclose(library);
  if (!known) return "none: libcuda.so.1 does not tell its version";
  std::string text = std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
  if (!std::filesystem::exists("/proc/driver/nvidia/version")) text += ", but no kernel module";
  return text;
}

}  // namespace spikefab::cli
