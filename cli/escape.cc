#include "cli/escape.h"

#include <fmt/format.h>

#include "base/hd.h"

namespace spikefab::cli {
namespace {

// Bytes of the UTF-8 character in front of `text`; 0 if there is none, or it is a control
// character.
std::size_t length_of_shown_character(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc0 || first >= 0xf8 || text.size() < length) return 0;
  u32 character = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    character = character << 6 | (byte(i) & 0x3f);
  }
  constexpr u32 smallest[] = {0, 0, 0xa0, 0x800, 0x10000};  // 0x80..0x9f are control characters
  const bool is_surrogate = character >= 0xd800 && character < 0xe000;
  return character >= smallest[length] && character <= 0x10ffff && !is_surrogate ? length : 0;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t shown = length_of_shown_character(text);
    if (shown > 0) {
      out += text.substr(0, shown);
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    }
    text.remove_prefix(shown > 0 ? shown : 1);
  }
  return out;
}

}  // namespace spikefab::cli
