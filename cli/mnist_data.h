// Finds MNIST's test set: the first images, which come with the command, or all of them.
#pragma once

#include <string>

#include "base/hd.h"

namespace spikefab::cli {

struct MnistFiles {
  std::string images;  // paths for load_images
  std::string labels;
  std::string source;  // "built in", or the folder
  u32 most = 0;        // images that there are
};

// For the first `images` test images: `folder` or else $SPIKEFAB_MNIST, if one of them is named;
// else those that come with the command, if they are enough; else $SPIKEFAB_DATA/mnist or the cache
// of scripts/get_mnist.sh, whichever has both files under their official names, .gz or not. Throws
// InputError if there are none, but not if there are fewer than `images`.
MnistFiles find_mnist(u32 images, const std::string& folder);

}  // namespace spikefab::cli
