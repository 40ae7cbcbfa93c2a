// Images and labels from idx files, gzip or not: what MNIST comes in.
// Format: big-endian u32 magic (0x803 images, 0x801 labels), one u32 per dimension, then bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/hd.h"

namespace spikefab {

struct Images {
  u32 count = 0;
  u32 rows = 0;
  u32 columns = 0;
  std::vector<u8> pixels;  // [image][row][column] 0 is background
  std::vector<u8> labels;  // [image]

  u32 size() const { return rows * columns; }
  std::span<const u8> image(u32 index) const {
    return {pixels.data() + u64{index} * size(), size()};
  }
  void keep_first(u32 images);  // of those that there are
};

// Both files, compressed or not, must hold the same number of images, which is 1 or more. Throws
// InputError that names the file; memory is bounded by 512 MiB whatever the files say.
Images load_images(const std::string& images_path, const std::string& labels_path);

// How many images a file announces; only its header is read.
u32 image_count(const std::string& images_path);

}  // namespace spikefab
