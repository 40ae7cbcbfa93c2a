#include "cli/digit_art.h"

#include <algorithm>
#include <string_view>

namespace spikefab::cli {
namespace {

constexpr std::string_view shades = " .:+*#@";  // from 0 to 255
constexpr u64 gap = 4;                          // columns between pictures

char shade(u32 value) { return shades[(value * shades.size()) / 256]; }

void trim_end(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

// The brighter of two pixels, one above the other, for each column.
std::string line_of(const Images& images, u32 image, u32 row) {
  const auto pixels = images.image(image);
  std::string line;
  for (u32 column = 0; column < images.columns; ++column) {
    u32 value = pixels[row * images.columns + column];
    if (row + 1 < images.rows) {
      value = std::max<u32>(value, pixels[(row + 1) * images.columns + column]);
    }
    line += shade(value);
  }
  return line;
}

}  // namespace

std::string side_by_side(const Images& images, const std::vector<Picture>& pictures) {
  const u64 width = images.columns + gap;
  std::string text;
  for (u32 row = 0; row < images.rows; row += 2) {
    std::string line;
    for (const Picture& picture : pictures) {
      line += line_of(images, picture.image, row) + std::string(gap, ' ');
    }
    trim_end(line);
    if (!line.empty()) text += line + "\n";
  }
  std::string captions;
  for (const Picture& picture : pictures) {
    captions += picture.caption;
    captions.resize(std::max(captions.size(), width * (&picture - pictures.data() + 1)), ' ');
  }
  trim_end(captions);
  return text + captions + "\n";
}

}  // namespace spikefab::cli
