#include "cli/mnist_data.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/suggest.h"
#include "cli/share.h"
#include "mapper/images.h"

namespace spikefab::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* images_name = "t10k-images-idx3-ubyte";
constexpr const char* labels_name = "t10k-labels-idx1-ubyte";

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

// The file of this name in the folder, compressed or not; "" if it is not there.
std::string file_in(const fs::path& folder, const std::string& name) {
  std::error_code not_there;
  for (const std::string& file : {name + ".gz", name}) {
    if (fs::is_regular_file(folder / file, not_there)) return (folder / file).string();
  }
  return "";
}

MnistFiles built_in() {
  const fs::path folder = fs::path(share_folder()) / "configs/benchmarks/mnist/images";
  MnistFiles files = {.images = (folder / "t10k-first1000-images-idx3-ubyte.gz").string(),
                      .labels = (folder / "t10k-first1000-labels-idx1-ubyte.gz").string(),
                      .source = "built in"};
  files.most = image_count(files.images);
  return files;
}

std::optional<MnistFiles> official_files(const std::string& folder) {
  MnistFiles files = {.images = file_in(folder, images_name),
                      .labels = file_in(folder, labels_name),
                      .source = folder};
  if (files.images.empty() || files.labels.empty()) return std::nullopt;
  files.most = image_count(files.images);
  return files;
}

// Where scripts/get_mnist.sh looks and keeps what it fetched.
std::vector<std::string> places() {
  std::vector<std::string> folders;
  if (const auto data = variable("SPIKEFAB_DATA")) folders.push_back(*data + "/mnist");
  if (const auto cache = variable("XDG_CACHE_HOME")) {
    folders.push_back(*cache + "/spikefab/mnist");
  } else if (const auto home = variable("HOME")) {
    folders.push_back(*home + "/.cache/spikefab/mnist");
  }
  return folders;
}

}  // namespace

MnistFiles find_mnist(u32 images, const std::string& folder) {
  const std::string named = folder.empty() ? variable("SPIKEFAB_MNIST").value_or("") : folder;
  if (!named.empty()) {
    if (const auto files = official_files(named)) return *files;
    throw InputError(named, std::string("does not hold ") + images_name + " and " + labels_name,
                     "it must be a folder with both, each as it is or as .gz; scripts/get_mnist.sh "
                     "prints a folder that does");
  }
  const MnistFiles first = built_in();
  if (images <= first.most) return first;
  const std::vector<std::string> folders = places();
  for (const std::string& place : folders) {
    if (const auto files = official_files(place)) return *files;
  }
  throw InputError("",
                   "MNIST's test set of 10000 images is not here; looked in " +
                       (folders.empty() ? "no folder" : join(folders, ", ")),
                   "run scripts/get_mnist.sh and set SPIKEFAB_MNIST to the folder that it prints; "
                   "up to " +
                       std::to_string(first.most) + " images are built in");
}

}  // namespace spikefab::cli
