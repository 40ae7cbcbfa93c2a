// Images as text, for a terminal.
#pragma once

#include <string>
#include <vector>

#include "mapper/images.h"

namespace spikefab::cli {

struct Picture {
  u32 image = 0;        // index
  std::string caption;  // one line, no wider than the image
};

// The pictures beside each other, two rows of pixels per line, captions below. No lines that are
// empty in all of them.
std::string side_by_side(const Images& images, const std::vector<Picture>& pictures);

}  // namespace spikefab::cli
