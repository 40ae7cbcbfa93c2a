#include "cli/image_models.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/registry.h"
#include "cli/share.h"
#include "mapper/ranc_mnist.h"
#include "sim/decoder.h"

namespace fs = std::filesystem;

namespace spikefab::cli {
namespace {

constexpr const char* ranc_name = "ranc";
constexpr const char* ranc_input = "ranc/mnist100/input.json";  // in $SPIKEFAB_DATA
constexpr const char* ranc_hint =
    "give RANC's input file mnist_config_1.json to 'spikefab bench mnist ranc' by --ranc-network "
    "FILE; the packets in it are not used";

std::string models_folder() { return share_folder() + "/configs/benchmarks/mnist"; }

bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".yaml");
}

std::string path_of_model(const std::string& name) {
  if (is_path(name)) return name;
  auto names = built_in_models();
  if (std::find(names.begin(), names.end(), name) != names.end()) {
    return models_folder() + "/" + name + ".yaml";
  }
  names.push_back(ranc_name);
  throw UsageError("no model '" + printable(name) + "' in " + models_folder(),
                   "have: " + join(names, ", ") + "; or a .yaml file" + did_you_mean(name, names));
}

std::string find_ranc_network(const std::string& given) {
  if (!given.empty()) return given;
  const char* data = std::getenv("SPIKEFAB_DATA");
  if (data == nullptr || *data == '\0') {
    throw InputError("model ranc",
                     "its network does not come with Spikefab, and SPIKEFAB_DATA is "
                     "not set",
                     ranc_hint);
  }
  const std::string path = (fs::path(data) / ranc_input).string();
  if (fs::exists(path)) return path;
  const bool packed = fs::exists(path + ".xz");
  throw InputError(
      path,
      packed ? "is there only as input.json.xz, which must be unpacked"
             : "no such file: its network does not come with Spikefab",
      packed ? "unpack it to a file by xz -dc, and give that to 'spikefab bench mnist ranc' by "
               "--ranc-network FILE"
             : ranc_hint);
}

}  // namespace

CrossbarNetwork load_network(const std::string& path) {
  CrossbarNetwork network = load_crossbar_network(path);
  Problems problems;
  find_choice(
      "decoder", network.decoder, Registry<sim::Decoder>::names(),
      [&](const std::string&) { return network.decoder_place; }, problems);
  problems.throw_if_any();
  return network;
}

std::vector<std::string> built_in_models() {
  const std::string folder = models_folder();
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  if (failed) throw InputError(folder, "cannot be read: " + failed.message());
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;  // 5_cores before 12_cores
  });
  return names;
}

ImageModel load_image_model(const std::string& name, const std::string& ranc_network) {
  if (name == ranc_name) {
    const Chip chip = load_chip(share_folder() + "/configs/chips/ranc_32x16.yaml");
    const std::string path = find_ranc_network(ranc_network);
    return {name, load_ranc_mnist(path, chip), std::nullopt, {path}};
  }
  const CrossbarNetwork network = load_network(path_of_model(name));
  return {network.name, assemble(network), network.card, {network.path, network.weights_path}};
}

}  // namespace spikefab::cli
