// The models that classify images: those that come with Spikefab, files, and RANC's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mapper/crossbar_network.h"
#include "mapper/image_classifier.h"

namespace spikefab::cli {

struct ImageModel {
  std::string name;
  ImageClassifier classifier;
  std::optional<ModelCard> card;   // RANC's has none
  std::vector<std::string> files;  // that it was read from
};

// load_crossbar_network(), and its decoder is one of this build.
CrossbarNetwork load_network(const std::string& path);

// A name of configs/benchmarks/mnist, small ones first; or ranc, which is never among these.
std::vector<std::string> built_in_models();

// `name` is a built-in model, a .yaml file, or "ranc" with its network in `ranc_network`, which
// may be empty: then it is looked for in $SPIKEFAB_DATA. Throws UsageError if there is no such
// name, InputError if a file is bad.
ImageModel load_image_model(const std::string& name, const std::string& ranc_network);

}  // namespace spikefab::cli
